// One connection to a host that we send to: the socket on one side, which may come to be under TLS,
// the client session without I/O on the other. It takes one job at a time, and may be kept for many.

import type { Socket } from "node:net";
import type { Failure, RecipientOutcome } from "../../core/smtp/client/failure.ts";
import type { Derivation } from "../../core/sasl/client/turn.ts";
import type { Result } from "../../core/result.ts";
import type { ClientOptions } from "../../core/smtp/client/opening.ts";
import type { HostTls, Protection } from "../../core/smtp/client/protection.ts";
import { type ClientSession, createClientSession } from "../../core/smtp/client/session.ts";
import type {
  ClientInput,
  ClientOutput,
  OutgoingMessage,
} from "../../core/smtp/client/session-values.ts";
import { secondsLeft } from "../../core/queue/timing.ts";
import type { HandshakeProblem } from "../../io/tls/client/handshake-problem.ts";
import type { Contact, Job, Octets } from "./job.ts";
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

/** Takes a socket over, and begins the handshake on it. */
export type Secure = (clear: Socket) => {
  readonly socket: Socket;
  readonly done: Promise<Result<HostTls, HandshakeProblem>>;
};

export type Derive = (derivation: Derivation) => Promise<Uint8Array>;

export interface PeerOptions {
  /** The host's name and address, for people. */
  readonly name: string;
  readonly session: ClientOptions;
  /** Needed where the session may begin TLS. */
  readonly secure?: Secure;
  /** Needed where it may log in. */
  readonly derive?: Derive;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** UTC milliseconds. */
  readonly now: () => number;
}

export class Peer {
  readonly #options: PeerOptions;
  /** As it was connected. */
  readonly #clear: Socket;
  /** The one that is written to. */
  #socket: Socket;
  readonly #events: PeerEvents;
  readonly #session: ClientSession;
  #outbox: Outbox;
  #protection: Protection | undefined;
  #isSecuring = false;
  readonly #patience: Patience;
  #job: Job | undefined;
  #content: Pieces | undefined;
  #messages = 0;

  /** Takes over a socket that has just been connected. */
  constructor(socket: Socket, options: PeerOptions, events: PeerEvents) {
    this.#options = options;
    this.#clear = socket;
    this.#socket = socket;
    this.#events = events;
    this.#session = createClientSession(options.session);
    this.#outbox = createOutbox(socket);
    this.#patience = createPatience(options.elapsed, () => this.#take({ kind: "timeout" }));
  }

  get contact(): Contact {
    const { name } = this.#options;
    const protection = this.#protection;
    return protection === undefined ? { name } : { name, protection };
  }

  /** Listens for the host's greeting, and goes on from there. */
  start(): void {
    const socket = this.#clear;
    socket.on("data", this.#onData);
    socket.on("error", () => socket.destroy()); // what it means is said at close
    socket.on("close", () => {
      this.#patience.end();
      this.#take({ kind: "closed" });
      this.#events.onClosed(this);
    });
    for (const output of this.#session.start()) this.#perform(output);
  }

  /** Sends a job; only while idle. */
  send(job: Job): void {
    this.#job = job;
    this.#take({ kind: "send", message: outgoing(job, this.#options.now) });
  }

  /** Takes leave; only while idle. */
  quit(): void {
    this.#take({ kind: "quit" });
  }

  readonly #onData = (bytes: Uint8Array): void => this.#take({ kind: "bytes", bytes });

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
      case "start-tls":
        return void this.#startTls();
      case "protection":
        this.#protection = output.protection;
        return;
      case "derive":
        return void this.#derive(output.derivation);
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
        return this.#close();
    }
  }

  async #startTls(): Promise<void> {
    const { secure } = this.#options;
    if (secure === undefined) return this.#take({ kind: "tls-failed", detail: "no TLS here" });
    this.#outbox.flush();
    this.#clear.off("data", this.#onData);
    this.#isSecuring = true;
    const { socket, done } = secure(this.#clear);
    socket.on("error", () => this.#clear.destroy());
    this.#socket = socket;
    this.#outbox = createOutbox(socket);
    const result = await done;
    this.#isSecuring = false;
    if (result.ok) {
      socket.on("data", this.#onData);
      socket.on("close", () => this.#clear.destroy());
      this.#take({ kind: "tls-up", tls: result.value });
    } else if (result.problem.kind === "failed") {
      this.#take({ kind: "tls-failed", detail: result.problem.detail });
    }
    // Lost: the close of the connection says so.
  }

  async #derive(derivation: Derivation): Promise<void> {
    const salted = await this.#options.derive?.(derivation);
    if (salted !== undefined) this.#take({ kind: "derived", salted });
  }

  #close(): void {
    // Amid a handshake there is nobody to take leave from.
    if (this.#isSecuring) return void this.#clear.destroy();
    this.#outbox.flush();
    this.#socket.destroySoon();
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

/** The job's message as the session takes it. */
function outgoing(job: Job, now: () => number): OutgoingMessage {
  const { message, recipients, asksOnly = false } = job;
  const { deliverBy, tlsWish } = message;
  const whole = { ...message, recipients, requireTls: tlsWish === "required", asksOnly };
  return deliverBy === undefined ? whole : { ...whole, secondsLeft: secondsLeft(deliverBy, now()) };
}

type Pieces = Iterator<Uint8Array> | AsyncIterator<Uint8Array>;

function iterate(content: Octets): Pieces {
  return Symbol.asyncIterator in content
    ? content[Symbol.asyncIterator]()
    : content[Symbol.iterator]();
}
