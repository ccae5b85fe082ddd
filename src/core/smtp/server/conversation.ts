// The server session on a stream of octets: cuts the stream into lines and content for `step`, and
// holds back what comes while an answer is pending. The one place where the session's state changes.

import { concat } from "../../octets.ts";
import type { CredentialAnswer, CredentialQuestion } from "../../sasl/credentials.ts";
import { maxResponseLine } from "../../sasl/response.ts";
import type { TlsFacts } from "../../tls-facts.ts";
import { type ContentCheck, createContentCheck } from "../framing/content-check.ts";
import { createDotReader, type DotReader } from "../framing/dot-reader.ts";
import { createLineReader, type LineFault } from "../../line-reader.ts";
import type { Reply } from "../reply.ts";
import { contentFaultReply, greeting, lineFaultReply } from "./replies.ts";
import { step } from "./session.ts";
import {
  type Answer,
  type Input,
  newSession,
  type Output,
  type Phase,
  type Question,
  type SessionSettings,
} from "./state.ts";

/** What the conversation does to the world. Calls come in the order of the protocol. */
export interface Listener {
  reply(reply: Reply): void;
  /** Ends with a call of `answer`, at once or later. */
  ask(question: Question): void;
  /** Ends with a call of `checked`, at once or later. */
  check(question: CredentialQuestion, mechanism: string): void;
  /** Whatever has been replied goes out in clear; then the handshake, which ends with a call of `tlsUp`,
   * or with one of `end` where it fails. */
  startTls(): void;
  /** Octets of the message; valid during the call only. */
  content(octets: Uint8Array): void;
  abandon(): void;
  close(): void;
  /** The client has sent a line; it comes before what it brings about.
   * @param isResponse it answers a challenge */
  heard?(line: string, isResponse: boolean): void;
  /** The client has sent what is no line. */
  misheard?(fault: LineFault): void;
}

/** Longest command line, in octets. RFC 5321 §4.5.3.1.4 asks for 512, extensions for more. */
const maxLineOctets = 2048;

/** The end of a line. */
const crLf = 2;

const nothing: Uint8Array = new Uint8Array(0);

export type Awaited = "command" | "content" | "answer" | "nothing";

export class Conversation {
  readonly #settings: SessionSettings;
  readonly #listener: Listener;
  readonly #lines = createLineReader(maxLineOctets, (beginning) => this.#longLine(beginning));
  #session = newSession;
  #held = nothing;
  #ended = false;
  #working = false;
  #dots: DotReader | undefined;
  #check: ContentCheck | undefined;
  #chunkLeft = 0;
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
      case "closed":
        return "nothing";
      case "data":
      case "chunk":
      case "swallow":
        return "content";
      default:
        return "command";
    }
  }

  /** Octets that came early and wait for an answer. The caller stops reading while there are any. */
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
    if (this.#isWaiting()) this.#held = concat(this.#held, octets);
    else this.#work(this.#held.length === 0 ? octets : concat(this.#held, octets));
  }

  answer(answer: Answer): void {
    this.#goOn({ kind: "answer", answer });
  }

  checked(answer: CredentialAnswer): void {
    this.#goOn({ kind: "checked", answer });
  }

  /** TLS is up. Where it begins with the connection: to be called before `greet`. */
  tlsUp(tls: TlsFacts): void {
    this.#apply({ kind: "tls-up", tls });
  }

  /** Goes on with what was held back while an answer was awaited. */
  #goOn(input: Input): void {
    this.#apply(input);
    // An answer given at once, while `#work` is reading: the loop there goes on by itself.
    if (this.#working) return;
    this.#endChunk();
    if (!this.#isWaiting()) this.#work(this.#held);
  }

  timeout(): void {
    this.#apply({ kind: "timeout" });
  }

  shutdown(): void {
    this.#apply({ kind: "shutdown" });
  }

  /** The client sends nothing more; what it sent before is still worked on. */
  end(): void {
    this.#ended = true;
    if (!this.#isAnswering()) this.#apply({ kind: "eof" });
  }

  /** The server has been asked. */
  #isAnswering(): boolean {
    return this.waitingFor === "answer";
  }

  /** No octets are read now. */
  #isWaiting(): boolean {
    const { at } = this.#session.phase;
    return this.#isAnswering() || at === "securing" || at === "closed";
  }

  /** Octets that AUTH and the responses to it may have (RFC 4954 §4). */
  #longLine(beginning: string): number {
    if (this.#session.phase.at === "authenticating") return maxResponseLine + crLf;
    const isAuth = this.#settings.auth !== undefined && /^auth\s/i.test(beginning);
    return isAuth ? maxLineOctets + maxResponseLine : maxLineOctets;
  }

  #work(octets: Uint8Array): void {
    this.#working = true;
    const channel = this.#channel;
    let at: number | undefined = 0;
    while (at !== undefined && at < octets.length && !this.#isWaiting()) {
      at = this.#readSome(octets, at);
      // What stands behind STARTTLS came in clear, from whoever sent it: it is not read, even if TLS
      // is up by now (RFC 3207 §4.2).
      if (channel !== this.#channel) at = undefined;
    }
    this.#working = false;
    const isOver = at === undefined || this.#session.phase.at === "closed";
    this.#held = isOver ? nothing : octets.subarray(at);
    if (this.#ended && !this.#isAnswering()) this.#apply({ kind: "eof" });
  }

  /** Reads on from `start`; returns where the rest begins, or undefined when all was taken in. */
  #readSome(octets: Uint8Array, start: number): number | undefined {
    switch (this.#session.phase.at) {
      case "data": {
        const end = this.#dots?.read(octets, start, this.#passContent);
        if (end !== undefined) this.#endContent(true);
        return end;
      }
      case "chunk":
      case "swallow":
        return this.#readChunk(octets, start);
      default:
        return this.#readLine(octets, start);
    }
  }

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
    this.#endChunk(); // BDAT 0 LAST: a chunk without octets is over at once
    return event.end;
  }

  #readChunk(octets: Uint8Array, start: number): number {
    const end = Math.min(octets.length, start + this.#chunkLeft);
    this.#chunkLeft -= end - start;
    if (this.#session.phase.at === "chunk") this.#passContent(octets.subarray(start, end));
    this.#endChunk();
    return end;
  }

  /** What is faulty already is thrown away. */
  readonly #passContent = (octets: Uint8Array): void => {
    if (this.#check?.pass(octets) === true) this.#listener.content(octets);
  };

  #endChunk(): void {
    if (this.#chunkLeft > 0) return;
    const { phase } = this.#session;
    if (phase.at === "chunk") this.#endContent(phase.chunk.last);
    else if (phase.at === "swallow") this.#apply({ kind: "swallowed" });
  }

  /** @param whole the message ends here; a chunk may end between CR and LF. */
  #endContent(whole: boolean): void {
    const check = this.#check;
    if (check === undefined) return;
    const { fault, traits } = whole ? check.finish() : check.soFar();
    const { maxMessageSize } = this.#settings;
    const refusal = fault === undefined ? undefined : contentFaultReply(fault, maxMessageSize);
    this.#apply({ kind: "content-end", traits, refusal });
  }

  #apply(input: Input): void {
    const before = this.#session.phase;
    const { session, outputs } = step(this.#session, input, this.#settings);
    this.#session = session;
    if (session.phase !== before) this.#enter(session.phase);
    for (const output of outputs) this.#perform(output);
  }

  /** What a phase needs to read its octets. */
  #enter(phase: Phase): void {
    switch (phase.at) {
      case "data":
        this.#dots = createDotReader();
        this.#check = createContentCheck(this.#settings.maxMessageSize);
        return;
      case "chunk":
        this.#chunkLeft = phase.chunk.octets;
        this.#check ??= createContentCheck(this.#settings.maxMessageSize);
        return;
      case "chunks":
        return;
      case "swallow":
        this.#chunkLeft = phase.octets;
        this.#check = undefined;
        return;
      default:
        this.#check = undefined;
    }
  }

  #perform(output: Output): void {
    switch (output.kind) {
      case "reply":
        return this.#listener.reply(output.reply);
      case "ask":
        return this.#listener.ask(output.question);
      case "check":
        return this.#listener.check(output.question, output.mechanism);
      case "start-tls":
        this.#channel++;
        return this.#listener.startTls();
      case "abandon":
        return this.#listener.abandon();
      case "close":
        return this.#listener.close();
    }
  }
}
