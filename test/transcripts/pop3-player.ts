// Plays a dialogue against the POP3 session. C: is the client and S: is us; `timeout:`, `shutdown:`,
// `eof:`, `lost:`, `tls-up:`, `sent:`, `full:`, `read:` and `answer:` are what the server says to the session;
// `ask:`, `check:`, `start-tls:`, `close:` and `waiting:` are what the session says to the server. For
// logins see logins.ts.
//
// `message: Subject: x\n\nHello` puts a message into the drop, whose last line ends with CR LF. `answer:
// yes` is the usual answer to each question. With `settings: logged-in` the dialogue begins after the
// login; with `slow`, what is sent to the client is on its way until `sent:`.

import assert from "node:assert/strict";
import { Conversation } from "../../src/core/pop3/conversation.ts";
import { listText } from "../../src/core/pop3/list-text.ts";
import { frameMessage } from "../../src/core/pop3/message-framing.ts";
import { formatReply } from "../../src/core/pop3/reply.ts";
import type { Answer, Question, Sending, SessionSettings } from "../../src/core/pop3/state.ts";
import { actsOf, type Labels, settingsOf, type Style } from "./acts.ts";
import { type Dialogue, type DialogueLine, octetsOf } from "./dialogue.ts";
import {
  describeCheck,
  describeLogin,
  readAuth,
  readCredentials,
  readTlsFacts,
  valueOf,
} from "./logins.ts";

const labels: Labels = {
  events: new Set(["timeout", "shutdown", "eof", "lost", "tls-up", "sent", "full", "read"]),
  outputs: new Set(["ask", "check", "start-tls", "close"]),
  preparations: new Set(["settings", "message"]),
};

/** Plays the dialogue to its end; throws where it goes otherwise. */
export function play(dialogue: Dialogue, style: Style): void {
  const settings = settingsOf(dialogue);
  const table = new Table(dialogue, settings, style);
  if (settings.includes("tls")) table.conversation.tlsUp(readTlsFacts(settings.join(" ")));
  if (settings.includes("logged-in")) table.logIn();
  else table.conversation.greet();
  for (const act of actsOf(dialogue, style.client, labels)) {
    table.answers = [...act.answers];
    if (act.event !== undefined) table.happen(act.event);
    table.answerAll();
    for (const piece of style.cut(Buffer.concat(act.sent))) {
      table.conversation.receive(piece);
      if (style.answers !== "after-more") table.answerAll();
    }
    table.answerAll();
    const place = `${dialogue.file}: from line ${act.number}`;
    assert.deepEqual(table.log.splice(0), act.expected, place);
    assert.deepEqual(table.answers, [], `${place}: nobody asked`);
    if (act.waitingFor !== undefined) {
      assert.equal(table.conversation.waitingFor, act.waitingFor, place);
    }
  }
}

/** What a pending question waits for: a line of the dialogue, or nothing. */
type Pending = ((answer: string) => void) | "sending";

/** The session, and the server around it. */
class Table {
  readonly conversation: Conversation;
  readonly log: string[] = [];
  answers: string[] = [];
  #isFull = false;
  #pending: Pending | undefined;
  readonly #style: Style;
  readonly #isSlow: boolean;
  readonly #messages: readonly Buffer[];

  constructor(dialogue: Dialogue, settings: readonly string[], style: Style) {
    this.#style = style;
    this.#isSlow = settings.includes("slow");
    this.#messages = dialogue.lines
      .filter(({ label }) => label === "message")
      .map(({ text }) => octetsOf(text));
    const isFull = () => this.#isFull;
    this.conversation = new Conversation(readSettings(settings), {
      get isFull() {
        return isFull();
      },
      reply: (said) => this.#say(formatReply(said)),
      ask: (question) =>
        this.#hold(`ask: ${describeQuestion(question)}`, (text) =>
          this.conversation.answer(this.#readAnswer(text, question)),
        ),
      check: (question, mechanism) =>
        this.#hold(`check: ${mechanism}: ${describeCheck(question)}`, (text) =>
          this.conversation.checked(readCredentials(text, question)),
        ),
      send: (sending) => this.#send(sending),
      startTls: () => this.log.push("start-tls:"),
      close: () => this.log.push("close:"),
    });
  }

  /** As the account `ann@example.org`, without a trace in the log. */
  logIn(): void {
    this.answers = ["account ann@example.org", "yes", "yes"];
    this.conversation.receive(Buffer.from("USER ann\r\nPASS secret\r\n"));
    this.answerAll();
    assert.match(this.log.splice(0).at(-1) ?? "", /^S: \+OK/);
  }

  answerAll(): void {
    while (this.#pending === "sending" || (this.#pending && this.answers.length > 0)) {
      this.#answerPending();
    }
  }

  happen({ label, text }: DialogueLine): void {
    switch (label) {
      case "timeout":
        return this.conversation.timeout();
      case "shutdown":
        return this.conversation.shutdown();
      case "tls-up":
        return this.conversation.tlsUp(readTlsFacts(text));
      case "sent":
        return this.conversation.sent();
      case "full":
        this.#isFull = true;
        return;
      case "read":
        this.#isFull = false;
        return this.conversation.goOn();
      case "lost":
        return this.conversation.lost();
      default:
        return this.conversation.end();
    }
  }

  #hold(question: string, answer: (text: string) => void): void {
    assert.equal(this.#pending, undefined, "a question before the last one was answered");
    this.log.push(question);
    this.#pending = answer;
    if (this.#style.answers === "at-once") this.#answerPending();
  }

  #answerPending(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    if (pending === "sending") {
      this.#pending = undefined;
      this.conversation.sent();
      return;
    }
    const text = this.answers.shift();
    if (text === undefined) return;
    this.#pending = undefined;
    pending(text);
  }

  #send(sending: Sending): void {
    this.#say(this.#textOf(sending));
    if (this.#isSlow) return;
    this.#pending = "sending";
    if (this.#style.answers === "at-once") this.#answerPending();
  }

  #textOf(sending: Sending): string {
    if (sending.kind !== "message") return [...listText(sending.drop, sending.kind)].join("");
    const framing = frameMessage(sending.bodyLines);
    const octets = [framing.push(this.#messages[sending.index] ?? Buffer.of()), framing.end()];
    return Buffer.concat(octets).toString("latin1");
  }

  #say(text: string): void {
    const lines = text.split("\r\n");
    assert.equal(lines.pop(), "", "a reply that does not end in CR LF");
    this.log.push(...lines.map((line) => `S: ${line}`));
  }

  #readAnswer(text: string, question: Question): Answer {
    const { kind } = question;
    switch (kind) {
      case "login": {
        const usual = question.outcome.kind === "success" ? "good" : "refused";
        return {
          kind,
          verdict: text === "turned-away" ? text : text === "yes" ? usual : "refused",
        };
      }
      case "open": {
        if (text === "in-use" || text === "unavailable") return { kind, result: { kind: text } };
        const messages = this.#messages.map((octets, index) => ({
          size: sizeOf(octets.toString("latin1")),
          uid: `uid-${index + 1}`,
        }));
        return { kind, result: { kind: "opened", messages } };
      }
      case "message":
        return { kind, result: text === "gone" || text === "unreadable" ? text : "ready" };
      case "update":
        return { kind, failed: text === "yes" ? 0 : Number(text) };
    }
  }
}

function sizeOf(content: string): number {
  const lines = content.replaceAll(/\r?\n/g, "\r\n");
  return lines.length + (lines === "" || lines.endsWith("\r\n") ? 0 : 2);
}

function readSettings(words: readonly string[]): SessionSettings {
  const numberOf = (name: string, usual: number) => Number(valueOf(words, name) ?? usual);
  const clear = words.includes("logged-in") ? ["clear"] : [];
  const auth = readAuth(["auth=password", ...clear, ...words].toReversed());
  assert.ok(auth);
  return {
    hostname: "mail.example.org",
    maxErrors: numberOf("errors", 20),
    maxIdleCommands: numberOf("idle", 100),
    startTls: words.includes("starttls"),
    auth,
  };
}

function describeQuestion(question: Question): string {
  switch (question.kind) {
    case "login":
      return describeLogin(question.mechanism, question.outcome);
    case "open":
      return `open ${question.account}`;
    case "message": {
      const { index, bodyLines } = question;
      return `message ${index + 1}${bodyLines === undefined ? "" : `, ${bodyLines} lines`}`;
    }
    case "update": {
      const numbers = question.deleted.map((index) => index + 1);
      return numbers.length === 0 ? "update" : `update: remove ${numbers.join(" ")}`;
    }
  }
}
