// The server session on a stream of octets: cuts the stream into lines and content for `step`, and
// holds back what comes while an answer is pending. The one place where the session's state changes.

import { type ContentCheck, createContentCheck } from "../framing/content-check.ts";
import { createDotReader, type DotReader } from "../framing/dot-reader.ts";
import { createLineReader } from "../framing/line-reader.ts";
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
  /** Octets of the message; valid during the call only. */
  content(octets: Uint8Array): void;
  abandon(): void;
  close(): void;
}

export interface Conversation {
  /** What is being waited for: it decides how long to wait. */
  readonly waitingFor: "command" | "content" | "answer" | "nothing";
  /** Octets that came early and wait for an answer. The caller stops reading while there are any. */
  readonly heldOctets: number;
  receive(octets: Uint8Array): void;
  answer(answer: Answer): void;
  timeout(): void;
  shutdown(): void;
  /** The client sends nothing more; what it sent before is still worked on. */
  end(): void;
}

/** Longest command line, in octets. RFC 5321 §4.5.3.1.4 asks for 512, extensions for more. */
const maxLineOctets = 2048;

const nothing: Uint8Array = new Uint8Array(0);

/** Greets at once. */
export function createConversation(settings: SessionSettings, listener: Listener): Conversation {
  const lines = createLineReader(maxLineOctets);
  let session = newSession;
  let held = nothing;
  let ended = false;
  let working = false;
  let dots: DotReader | undefined;
  let check: ContentCheck | undefined;
  let chunkLeft = 0;

  function apply(input: Input): void {
    const before = session.phase;
    const result = step(session, input, settings);
    session = result.session;
    enter(before, session.phase);
    for (const output of result.outputs) perform(output);
  }

  function enter(before: Phase, after: Phase): void {
    if (before === after) return;
    if (after.at === "data") dots = createDotReader();
    if (after.at === "chunk") chunkLeft = after.chunk.octets;
    if (after.at === "swallow") chunkLeft = after.octets;
    if (after.at === "data" || after.at === "chunk") {
      check ??= createContentCheck(settings.maxMessageSize);
    } else if (after.at !== "chunks") {
      check = undefined;
    }
  }

  function perform(output: Output): void {
    switch (output.kind) {
      case "reply":
        return listener.reply(output.reply);
      case "ask":
        return listener.ask(output.question);
      case "abandon":
        return listener.abandon();
      case "close":
        return listener.close();
    }
  }

  function passContent(octets: Uint8Array): void {
    if (check?.pass(octets) === true) listener.content(octets);
  }

  /** Reads on from `start`; returns where the rest begins, or undefined when all was taken in. */
  function readSome(octets: Uint8Array, start: number): number | undefined {
    switch (session.phase.at) {
      case "data": {
        const end = dots?.read(octets, start, passContent);
        if (end !== undefined) endContent(true);
        return end;
      }
      case "chunk":
      case "swallow": {
        const end = Math.min(octets.length, start + chunkLeft);
        chunkLeft -= end - start;
        if (session.phase.at === "chunk") passContent(octets.subarray(start, end));
        endChunk();
        return end;
      }
      default:
        return readLine(octets, start);
    }
  }

  function readLine(octets: Uint8Array, start: number): number | undefined {
    const event = lines.next(octets, start);
    if (event === undefined) return undefined;
    if (event.kind === "line") apply({ kind: "line", text: event.text });
    else apply({ kind: "bad-line", reply: lineFaultReply(event.fault) });
    endChunk(); // BDAT 0 LAST: a chunk without octets is over at once
    return event.end;
  }

  function endChunk(): void {
    if (chunkLeft > 0) return;
    if (session.phase.at === "chunk") endContent(session.phase.chunk.last);
    else if (session.phase.at === "swallow") apply({ kind: "swallowed" });
  }

  /** @param whole the message ends here; a chunk may end between CR and LF. */
  function endContent(whole: boolean): void {
    const state = check;
    if (state === undefined) return;
    const { fault, traits } = whole ? state.finish() : state.soFar();
    const refusal =
      fault === undefined ? undefined : contentFaultReply(fault, settings.maxMessageSize);
    apply({ kind: "content-end", traits, refusal });
  }

  function isWaiting(): boolean {
    return session.phase.at === "asking" || session.phase.at === "closed";
  }

  function work(octets: Uint8Array): void {
    working = true;
    let at: number | undefined = 0;
    while (at !== undefined && at < octets.length && !isWaiting()) at = readSome(octets, at);
    working = false;
    held = at === undefined || session.phase.at === "closed" ? nothing : octets.subarray(at);
    if (ended && !isWaiting()) apply({ kind: "eof" });
  }

  listener.reply(greeting(settings.hostname));

  return {
    get waitingFor() {
      switch (session.phase.at) {
        case "asking":
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
    },
    get heldOctets() {
      return held.length;
    },
    receive(octets) {
      if (session.phase.at === "closed") return;
      if (isWaiting()) held = concat(held, octets);
      else work(held.length === 0 ? octets : concat(held, octets));
    },
    answer(answer) {
      apply({ kind: "answer", answer });
      // An answer given at once, while `work` is reading: the loop there goes on by itself.
      if (working) return;
      endChunk();
      if (!isWaiting()) work(held);
    },
    timeout() {
      apply({ kind: "timeout" });
    },
    shutdown() {
      apply({ kind: "shutdown" });
    },
    end() {
      ended = true;
      if (!isWaiting()) apply({ kind: "eof" });
    },
  };
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
