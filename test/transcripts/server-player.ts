// Plays a dialogue against the server session. C: is the client and S: is us; `timeout:`,
// `shutdown:`, `eof:`, `tls-up:` and `answer:` are what the server says to the session; `ask:`, `check:`,
// `start-tls:`, `content:`, `abandon:`, `close:` and `waiting:` are what the session says to the server.
// For logins see logins.ts.
//
// `answer: yes` is the usual answer to each question. `{3*text}` stands for text three times, and the
// lines from `repeat: 3` to `end:` are played three times.
// Content that is forgotten before anybody could use it is not shown.

import assert from "node:assert/strict";
import { formatAddress, formatReversePath } from "../../src/core/mail/address.ts";
import { formatReply, reply, type Reply } from "../../src/core/smtp/reply.ts";
import { Conversation } from "../../src/core/smtp/server/conversation.ts";
import { replies } from "../../src/core/smtp/server/replies.ts";
import type { Answer, Question, SessionSettings } from "../../src/core/smtp/server/state.ts";
import { type Dialogue, type DialogueLine, octetsOf } from "./dialogue.ts";
import {
  describeCheck,
  describeLogin,
  readCredentials,
  readOffer,
  readTlsFacts,
  usualLoginReply,
} from "./logins.ts";

export interface Style {
  /** The client waits for every reply, or sends all that it can before the first one. */
  readonly client: "waits" | "pipelines";
  /** Cuts what the client sends at once into what the network delivers at once. */
  readonly cut: (octets: Buffer) => readonly Uint8Array[];
  /** A question is answered before `ask` returns, before more octets arrive, or after them. */
  readonly answers: "at-once" | "before-more" | "after-more";
}

/** A stretch of the dialogue: at most one event, then octets and answers, then nothing is left. */
interface Act {
  /** Of the line that it begins with. */
  readonly number: number;
  readonly event: DialogueLine | undefined;
  readonly sent: Buffer[];
  readonly answers: string[];
  readonly expected: string[];
  waitingFor?: string;
}

/** Plays the dialogue to its end; throws where it goes otherwise. */
export function play(dialogue: Dialogue, style: Style): void {
  const log: string[] = [];
  let answers: string[] = [];
  let pending: ((answer: string) => void) | undefined;

  const settings = settingsOf(dialogue);
  const conversation = new Conversation(readSettings(settings), {
    reply: (said) => log.push(...linesOf(said)),
    ask(question) {
      hold(`ask: ${describeQuestion(question)}`, (text) =>
        conversation.answer(readAnswer(text, question)),
      );
    },
    check(question, mechanism) {
      hold(`check: ${mechanism}: ${describeCheck(question)}`, (text) =>
        conversation.checked(readCredentials(text, question)),
      );
    },
    startTls: () => log.push("start-tls:"),
    content: (octets) => addContent(log, Buffer.from(octets)),
    abandon() {
      if (log.at(-1)?.startsWith("content: ") === true) log.pop();
      log.push("abandon:");
    },
    close: () => log.push("close:"),
  });
  if (settings.includes("tls")) conversation.tlsUp(readTlsFacts(settings.join(" ")));
  conversation.greet();

  function hold(question: string, answer: (text: string) => void): void {
    assert.equal(pending, undefined, "a question before the last one was answered");
    log.push(question);
    pending = answer;
    if (style.answers === "at-once") answerPending();
  }

  function answerPending(): void {
    const answer = pending;
    const text = answer && answers.shift();
    if (answer === undefined || text === undefined) return;
    pending = undefined;
    answer(text);
  }

  function answerAll(): void {
    while (pending !== undefined && answers.length > 0) answerPending();
  }

  for (const act of actsOf(dialogue, style.client)) {
    answers = [...act.answers];
    if (act.event !== undefined) happen(conversation, act.event);
    answerAll();
    for (const piece of style.cut(Buffer.concat(act.sent))) {
      conversation.receive(piece);
      if (style.answers !== "after-more") answerAll();
    }
    answerAll();
    const place = `${dialogue.file}: from line ${act.number}`;
    assert.deepEqual(log.splice(0), act.expected, place);
    assert.deepEqual(answers, [], `${place}: nobody asked`);
    if (act.waitingFor !== undefined) assert.equal(conversation.waitingFor, act.waitingFor, place);
  }
}

const events: ReadonlySet<string> = new Set(["timeout", "shutdown", "eof", "tls-up"]);

function happen(conversation: Conversation, { label, text }: DialogueLine): void {
  switch (label) {
    case "timeout":
      return conversation.timeout();
    case "shutdown":
      return conversation.shutdown();
    case "tls-up":
      return conversation.tlsUp(readTlsFacts(text));
    default:
      return conversation.end();
  }
}

function settingsOf({ lines }: Dialogue): readonly string[] {
  return lines.find(({ label }) => label === "settings")?.text.split(" ") ?? [];
}

function readSettings(words: readonly string[]): SessionSettings {
  const valueOf = (name: string, usual: number): number =>
    Number(words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? usual);
  return {
    hostname: "mail.example.org",
    maxMessageSize: valueOf("size", 1000),
    maxRecipients: valueOf("recipients", 100),
    maxErrors: valueOf("errors", 20),
    maxIdleCommands: valueOf("idle", 100),
    maxRefusedRecipients: valueOf("refused", 100),
    ...readOffer(words),
  };
}

function actsOf(dialogue: Dialogue, client: Style["client"]): readonly Act[] {
  const acts: Act[] = [{ number: 1, event: undefined, sent: [], answers: [], expected: [] }];
  let last = "";
  for (const line of withRepeats(dialogue.lines)) {
    const { label, number } = line;
    const isEvent = events.has(label);
    const isTurn = client === "waits" && label === "C" && last !== "C" && last !== "";
    if (isEvent || isTurn) {
      const event = isEvent ? line : undefined;
      acts.push({ number, event, sent: [], answers: [], expected: [] });
    }
    if (!isEvent) addLine(acts.at(-1)!, line, dialogue.file);
    last = label;
  }
  return acts;
}

function addLine(act: Act, { label, text, number }: DialogueLine, file: string): void {
  const whole = withRuns(text);
  switch (label) {
    case "settings":
      return;
    case "C":
      act.sent.push(octetsOf(whole));
      return;
    case "answer":
      act.answers.push(whole);
      return;
    case "waiting":
      act.waitingFor = whole;
      return;
    case "content":
      addContent(act.expected, octetsOf(whole));
      return;
    case "S":
      act.expected.push(`S: ${whole.replace(/\\x20$/, " ")}`); // a space that an editor would take away
      return;
    case "ask":
    case "check":
    case "start-tls":
    case "abandon":
    case "close":
      act.expected.push(`${label}: ${whole}`.trim());
      return;
    default:
      throw new Error(`${file}:${number}: unknown label ${label}`);
  }
}

function withRepeats(lines: readonly DialogueLine[]): readonly DialogueLine[] {
  const start = lines.findIndex(({ label }) => label === "repeat");
  if (start === -1) return lines;
  const end = lines.findIndex(({ label }, index) => label === "end" && index > start);
  const block = lines.slice(start + 1, end);
  const times = Array.from({ length: Number(lines[start]?.text) }, () => block);
  return [...lines.slice(0, start), ...times.flat(), ...withRepeats(lines.slice(end + 1))];
}

function withRuns(text: string): string {
  return text.replace(/\{(\d+)\*([^{}]*)\}/g, (_run, times: string, what: string) =>
    what.repeat(Number(times)),
  );
}

/** Content is one entry, in however many pieces it came. */
function addContent(log: string[], octets: Buffer): void {
  const text = octets.toString("latin1");
  const before = log.at(-1)?.startsWith("content: ") === true ? log.pop() : undefined;
  log.push(`${before ?? "content: "}${text}`);
}

function linesOf(said: Reply): readonly string[] {
  const lines = formatReply(said).split("\r\n");
  assert.equal(lines.pop(), "", "a reply that does not end in CR LF");
  return lines.map((line) => `S: ${line}`);
}

function describeQuestion(question: Question): string {
  if (question.kind === "login") return describeLogin(question);
  const { sender, recipients, smtputf8, hello, tls, login, requireTls } = question.transaction;
  switch (question.kind) {
    case "recipient": {
      const client = [...(tls ? [tls.version] : []), ...(login ? [`login ${login}`] : [])];
      const from = client.length === 0 ? "" : ` (${client.join(", ")})`;
      return `recipient <${formatAddress(question.recipient)}>${from}`;
    }
    case "content": {
      const { chunk } = question;
      if (chunk === undefined) return "content";
      return `content in chunks, ${chunk.octets} octets${chunk.last ? ", last" : " to begin with"}`;
    }
    case "message": {
      const to = recipients.map(({ address }) => `<${formatAddress(address)}>`);
      const traits = [
        `${question.traits.size} octets`,
        ...(question.traits.eightBit ? ["8-bit"] : []),
        ...(smtputf8 ? ["SMTPUTF8"] : []),
        ...(hello.extended ? ["ESMTP"] : []),
        ...(requireTls ? ["REQUIRETLS"] : []),
      ];
      return `message from <${formatReversePath(sender)}> to ${to.join(" ")}: ${traits.join(", ")}`;
    }
  }
}

function readAnswer(text: string, question: Question): Answer {
  const said = text === "yes" ? usualAnswer(question) : readReply(text);
  if (question.kind !== "recipient" || said.code >= 300) return { reply: said };
  return { reply: said, recipient: { address: question.recipient, kind: "local" } };
}

function usualAnswer(question: Question): Reply {
  switch (question.kind) {
    case "login":
      return usualLoginReply(question);
    case "recipient":
      return reply(250, "2.1.5", "Ok");
    case "content":
      return replies.startContent;
    case "message":
      return reply(250, "2.0.0", "Ok: queued");
  }
}

function readReply(text: string): Reply {
  const [, code = "", enhanced = "", words = ""] =
    /^(\d{3}) (?:(\d\.\d+\.\d+) )?(.*)$/.exec(text) ?? [];
  return reply(Number(code), enhanced, words);
}
