// The session on a stream of octets: cuts the stream into lines for `step`, and holds back what comes
// while an answer is pending, while a message is being sent, or while the client leaves too much
// unread. The one place where the session's state changes.

import { createLineReader, type LineFault } from "../line-reader.ts";
import { concat } from "../octets.ts";
import type { CredentialAnswer, CredentialQuestion } from "../sasl/credentials.ts";
import { maxResponseLine } from "../sasl/response.ts";
import type { TlsFacts } from "../tls-facts.ts";
import { greeting, lineFaultReply } from "./replies.ts";
import type { Reply } from "./reply.ts";
import { step } from "./session.ts";
import {
  type Answer,
  type Input,
  newSession,
  type Output,
  type Question,
  type Sending,
  type SessionSettings,
} from "./state.ts";

/** What the conversation does to the world. Calls come in the order of the protocol. */
export interface Listener {
  /** The client leaves too much unread: no more commands are worked on until `goOn` is called. */
  readonly isFull: boolean;
  reply(reply: Reply): void;
  /** Ends with a call of `answer`, at once or later. */
  ask(question: Question): void;
  /** Ends with a call of `checked`, at once or later. */
  check(question: CredentialQuestion, mechanism: string): void;
  /** Ends with a call of `sent`, at once or later. */
  send(sending: Sending): void;
  /** Whatever has been replied goes out in clear; then the handshake, which ends with a call of `tlsUp`,
   * or with one of `end` where it fails. */
  startTls(): void;
  close(): void;
  /** The client has sent a line; it comes before what it brings about.
   * @param isResponse it answers a challenge */
  heard?(line: string, isResponse: boolean): void;
  /** The client has sent what is no line. */
  misheard?(fault: LineFault): void;
}

/** Longest command line, in octets. RFC 2449 §4 asks for 255; passwords may be long. */
const maxLineOctets = 1024;

/** The end of a line. */
const crLf = 2;

const nothing: Uint8Array = new Uint8Array(0);

/** `login`: a command of a client that has not logged in. */
export type Awaited = "login" | "command" | "reading" | "answer" | "nothing";

export class Conversation {
  readonly #settings: SessionSettings;
  readonly #listener: Listener;
  readonly #lines = createLineReader(maxLineOctets, (beginning) => this.#longLine(beginning));
  #session = newSession;
  #held = nothing;
  #ended = false;
  #working = false;
  /** Goes up when octets in clear have had their time. */
  #channel = 0;

  constructor(settings: SessionSettings, listener: Listener) {
    this.#settings = settings;
    this.#listener = listener;
  }

  /** What is being waited for: it decides how long to wait. */
  get waitingFor(): Awaited {
    switch (this.#session.phase.at) {
      case "asking":
      case "checking":
        return "answer";
      case "sending":
        return "reading";
      case "transaction":
        return "command";
      case "authorization":
      case "authenticating":
      case "securing":
        return "login";
      case "closed":
        return "nothing";
    }
  }

  /** Octets that came early and wait for their turn. The caller stops reading while there are many. */
  get heldOctets(): number {
    return this.#held.length;
  }

  /** Begins the session; to be called once, before all else. */
  greet(): void {
    this.#listener.reply(greeting(this.#settings.hostname));
  }

  /** Ends the session instead of beginning it. */
  turnAway(reply: Reply): void {
    this.#apply({ kind: "turn-away", reply });
  }

  receive(octets: Uint8Array): void {
    const { at } = this.#session.phase;
    if (at === "closed" || at === "securing") return;
    const all = this.#held.length === 0 ? octets : concat(this.#held, octets);
    if (this.#isWaiting()) this.#held = all;
    else this.#work(all);
  }

  answer(answer: Answer): void {
    this.#apply({ kind: "answer", answer });
    this.goOn();
  }

  checked(answer: CredentialAnswer): void {
    this.#apply({ kind: "checked", answer });
    this.goOn();
  }

  /** What `send` asked for has been sent. */
  sent(): void {
    this.#apply({ kind: "sent" });
    this.goOn();
  }

  /** TLS is up. Where it begins with the connection: to be called before `greet`. */
  tlsUp(tls: TlsFacts): void {
    this.#apply({ kind: "tls-up", tls });
  }

  /** Goes on with what was held back. */
  goOn(): void {
    // An answer given at once, while `#work` is reading: the loop there goes on by itself.
    if (!this.#working && !this.#isWaiting()) this.#work(this.#held);
  }

  timeout(): void {
    this.#apply({ kind: "timeout" });
  }

  shutdown(): void {
    this.#apply({ kind: "shutdown" });
  }

  /** The client sends nothing more; what it sent before is still worked on, but a QUIT that waited
   * behind a message removes nothing any more. */
  end(): void {
    this.#ended = true;
    const isDone = this.#held.length === 0 && !this.#isWaiting();
    this.#apply({ kind: isDone ? "eof" : "ended" });
  }

  /** The client is gone: nothing that it sent before is worked on any more, least of all a QUIT that
   * waits behind a message which it has not got. */
  lost(): void {
    this.#apply({ kind: "eof" });
    this.#held = nothing;
  }

  /** No octets are read now. */
  #isWaiting(): boolean {
    switch (this.waitingFor) {
      case "login":
      case "command":
        return this.#session.phase.at === "securing" || this.#listener.isFull;
      case "reading":
      case "answer":
      case "nothing":
        return true;
    }
  }

  /** Octets that AUTH and the responses to it may have (RFC 5034 §4). */
  #longLine(beginning: string): number {
    if (this.#session.phase.at === "authenticating") return maxResponseLine + crLf;
    return /^auth\s/i.test(beginning) ? maxLineOctets + maxResponseLine : maxLineOctets;
  }

  #work(octets: Uint8Array): void {
    this.#working = true;
    const channel = this.#channel;
    let at: number | undefined = 0;
    while (at !== undefined && at < octets.length && !this.#isWaiting()) {
      at = this.#readLine(octets, at);
      // What stands behind STLS came in clear, from whoever sent it: it is not read, even if TLS is up
      // by now (RFC 2595 §4).
      if (channel !== this.#channel) at = undefined;
    }
    this.#working = false;
    const isOver = at === undefined || this.#session.phase.at === "closed";
    this.#held = isOver ? nothing : octets.subarray(at);
    if (this.#ended && this.#held.length === 0 && !this.#isWaiting()) this.#apply({ kind: "eof" });
  }

  /** Returns where the rest begins, or undefined when all was taken in. */
  #readLine(octets: Uint8Array, start: number): number | undefined {
    const event = this.#lines.next(octets, start);
    if (event === undefined) return undefined;
    if (event.kind === "line") {
      this.#listener.heard?.(event.text, this.#session.phase.at === "authenticating");
      this.#apply({ kind: "line", text: event.text });
    } else {
      this.#listener.misheard?.(event.fault);
      this.#apply({ kind: "bad-line", reply: lineFaultReply(event.fault) });
    }
    return event.end;
  }

  #apply(input: Input): void {
    const { session, outputs } = step(this.#session, input, this.#settings);
    this.#session = session;
    for (const output of outputs) this.#perform(output);
  }

  #perform(output: Output): void {
    switch (output.kind) {
      case "reply":
        return this.#listener.reply(output.reply);
      case "ask":
        return this.#listener.ask(output.question);
      case "check":
        return this.#listener.check(output.question, output.mechanism);
      case "send":
        return this.#listener.send(output.sending);
      case "start-tls":
        this.#channel++;
        return this.#listener.startTls();
      case "close":
        return this.#listener.close();
    }
  }
}
