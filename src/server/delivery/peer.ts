// One connection to a host that we send to: the socket on one side, the client session without I/O
// on the other. It takes one job at a time, and may be kept for many.

import type { Socket } from "node:net";
import type { Failure, RecipientOutcome } from "../../core/smtp/client/failure.ts";
import { createClientSession } from "../../core/smtp/client/session.ts";
import type { ClientInput, ClientOutput } from "../../core/smtp/client/session-values.ts";
import { waits } from "../../core/smtp/client/wait.ts";
import type { Job, Octets } from "./job.ts";
import { createOutbox } from "./outbox.ts";
import { createPatience } from "./patience.ts";

export interface Peer {
  /** The host's name and address, for people. */
  readonly name: string;
  /** Sends a job; only while idle. */
  send(job: Job): void;
  quit(): void;
  /** Cuts the connection; a job in hand is reported as lost. */
  destroy(): void;
}

export interface PeerEvents {
  /** A job can be sent; so many messages have been. */
  onIdle(peer: Peer, messages: number): void;
  onSettled(peer: Peer, job: Job, outcomes: readonly RecipientOutcome[], reused: boolean): void;
  /** The host failed before a message was begun. `job` was in hand: another host may take it. */
  onHostFailed(peer: Peer, why: Failure, job: Job | undefined): void;
  /** The connection is over; comes last, and once. */
  onClosed(peer: Peer): void;
}

export interface PeerOptions {
  readonly name: string;
  /** Ours, for EHLO. */
  readonly hostname: string;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

/** Takes over a socket that has just been connected. */
export function createPeer(
  socket: Socket,
  { name, hostname, elapsed }: PeerOptions,
  events: PeerEvents,
): Peer {
  const session = createClientSession({ hostname });
  const outbox = createOutbox(socket);
  const patience = createPatience(elapsed, () => take({ kind: "timeout" }));
  let job: Job | undefined;
  let content: Pieces | undefined;
  let messages = 0;

  const peer: Peer = {
    name,
    send(next) {
      job = next;
      const { message, recipients } = next;
      take({
        kind: "send",
        message: {
          sender: message.sender,
          recipients: recipients.map(({ address }) => address),
          smtputf8: message.smtputf8,
          size: message.size,
          eightBit: message.eightBit,
        },
      });
    },
    quit: () => take({ kind: "quit" }),
    destroy: () => socket.destroy(),
  };

  function take(input: ClientInput): void {
    for (const output of session.take(input)) perform(output);
    outbox.flush();
  }

  function perform(output: ClientOutput): void {
    switch (output.kind) {
      case "write":
        outbox.add(output.data);
        return;
      case "wait":
        patience.allow(output.limit);
        return;
      case "want-content":
        feed();
        return;
      case "settled":
        settle(output.outcomes);
        return;
      case "host-failed":
        giveBack(output.why);
        return;
      case "idle":
        messages = output.messages;
        events.onIdle(peer, messages);
        return;
      case "close":
        outbox.flush();
        socket.destroySoon();
        return;
    }
  }

  function settle(outcomes: readonly RecipientOutcome[]): void {
    const settled = job;
    endJob();
    if (settled !== undefined) events.onSettled(peer, settled, outcomes, messages > 0);
  }

  function giveBack(why: Failure): void {
    const unsent = job;
    endJob();
    events.onHostFailed(peer, why, unsent);
  }

  function endJob(): void {
    job = undefined;
    void content?.return?.(); // a reader that was left half-way lets go of its resources
    content = undefined;
  }

  /** Hands the next piece to the session, once what was written before has drained. */
  function feed(): void {
    outbox.flush();
    if (socket.writableNeedDrain) {
      socket.once("drain", feed);
      return;
    }
    content ??= job === undefined ? undefined : iterate(job.content());
    const piece = content?.next();
    if (piece instanceof Promise) {
      piece.then(hand, () => take({ kind: "content-failed" }));
    } else if (piece !== undefined) {
      hand(piece);
    }
  }

  function hand(piece: IteratorResult<Uint8Array>): void {
    if (piece.done === true) take({ kind: "content-failed" });
    else take({ kind: "content", chunk: piece.value });
  }

  socket.on("data", (bytes) => take({ kind: "bytes", bytes }));
  socket.on("error", () => socket.destroy()); // what it means is said at close
  socket.on("close", () => {
    patience.end();
    take({ kind: "closed" });
    events.onClosed(peer);
  });
  perform(waits.greeting);
  return peer;
}

type Pieces = Iterator<Uint8Array> | AsyncIterator<Uint8Array>;

function iterate(content: Octets): Pieces {
  return Symbol.asyncIterator in content
    ? content[Symbol.asyncIterator]()
    : content[Symbol.iterator]();
}
