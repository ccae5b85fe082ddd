// One connection to a host that we send to: the socket on one side, the client session without I/O
// on the other. It takes one job at a time, and may be kept for many.

import type { Socket } from "node:net";
import type { Failure, RecipientOutcome } from "../../core/smtp/client/failure.ts";
import { type ClientSession, createClientSession } from "../../core/smtp/client/session.ts";
import type { ClientInput, ClientOutput } from "../../core/smtp/client/session-values.ts";
import { waits } from "../../core/smtp/client/wait.ts";
import type { Job, Octets } from "./job.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { createPatience, type Patience } from "./patience.ts";

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

export class Peer {
  /** The host's name and address, for people. */
  readonly name: string;
  readonly #socket: Socket;
  readonly #events: PeerEvents;
  readonly #session: ClientSession;
  readonly #outbox: Outbox;
  readonly #patience: Patience;
  #job: Job | undefined;
  #content: Pieces | undefined;
  #messages = 0;

  /** Takes over a socket that has just been connected. */
  constructor(socket: Socket, { name, hostname, elapsed }: PeerOptions, events: PeerEvents) {
    this.name = name;
    this.#socket = socket;
    this.#events = events;
    this.#session = createClientSession({ hostname });
    this.#outbox = createOutbox(socket);
    this.#patience = createPatience(elapsed, () => this.#take({ kind: "timeout" }));
  }

  /** Listens for the host's greeting, and goes on from there. */
  start(): void {
    const socket = this.#socket;
    socket.on("data", (bytes) => this.#take({ kind: "bytes", bytes }));
    socket.on("error", () => socket.destroy()); // what it means is said at close
    socket.on("close", () => {
      this.#patience.end();
      this.#take({ kind: "closed" });
      this.#events.onClosed(this);
    });
    this.#perform(waits.greeting);
  }

  /** Sends a job; only while idle. */
  send(job: Job): void {
    this.#job = job;
    const { message, recipients } = job;
    this.#take({
      kind: "send",
      message: {
        sender: message.sender,
        recipients: recipients.map(({ address }) => address),
        smtputf8: message.smtputf8,
        size: message.size,
        eightBit: message.eightBit,
      },
    });
  }

  /** Takes leave; only while idle. */
  quit(): void {
    this.#take({ kind: "quit" });
  }

  #take(input: ClientInput): void {
    for (const output of this.#session.take(input)) this.#perform(output);
    this.#outbox.flush();
  }

  #perform(output: ClientOutput): void {
    switch (output.kind) {
      case "write":
        return this.#outbox.add(output.data);
      case "wait":
        return this.#patience.allow(output.limit);
      case "want-content":
        return this.#feed();
      case "settled":
        return this.#settle(output.outcomes);
      case "host-failed":
        return this.#events.onHostFailed(this, output.why, this.#endJob());
      case "idle":
        this.#messages = output.messages;
        return this.#events.onIdle(this, output.messages);
      case "close":
        this.#outbox.flush();
        this.#socket.destroySoon();
    }
  }

  #settle(outcomes: readonly RecipientOutcome[]): void {
    const job = this.#endJob();
    if (job !== undefined) this.#events.onSettled(this, job, outcomes, this.#messages > 0);
  }

  #endJob(): Job | undefined {
    const job = this.#job;
    this.#job = undefined;
    void this.#content?.return?.(); // a reader that was left half-way lets go of its resources
    this.#content = undefined;
    return job;
  }

  /** Hands the next piece to the session, once what was written before has drained. */
  #feed(): void {
    this.#outbox.flush();
    if (this.#socket.writableNeedDrain) {
      this.#socket.once("drain", () => this.#feed());
      return;
    }
    this.#content ??= this.#job === undefined ? undefined : iterate(this.#job.content());
    const piece = this.#content?.next();
    if (piece instanceof Promise) {
      piece.then(
        (read) => this.#hand(read),
        () => this.#take({ kind: "content-failed" }),
      );
    } else if (piece !== undefined) {
      this.#hand(piece);
    }
  }

  #hand(piece: IteratorResult<Uint8Array>): void {
    if (piece.done === true) this.#take({ kind: "content-failed" });
    else this.#take({ kind: "content", chunk: piece.value });
  }
}

type Pieces = Iterator<Uint8Array> | AsyncIterator<Uint8Array>;

function iterate(content: Octets): Pieces {
  return Symbol.asyncIterator in content
    ? content[Symbol.asyncIterator]()
    : content[Symbol.iterator]();
}
