// Plays a dialogue against the server session. C: is the client and S: is us; `timeout:`,
// `shutdown:`, `eof:`, `tls-up:` and `answer:` are what the server says to the session; `ask:`, `check:`,
// `start-tls:`, `content:`, `abandon:`, `close:` and `waiting:` are what the session says to the server.
// For logins see logins.ts.
//
// `answer: yes` is the usual answer to each question.
// Content that is forgotten before anybody could use it is not shown.

import assert from "node:assert/strict";
import { formatAddress, formatReversePath } from "../../src/core/mail/address.ts";
import { formatDateTime } from "../../src/core/mail/date.ts";
import { formatNotify, type RecipientRequest } from "../../src/core/mail/notice-request.ts";
import { formatReply, reply, type Reply } from "../../src/core/smtp/reply.ts";
import { Conversation } from "../../src/core/smtp/server/conversation.ts";
import { replies } from "../../src/core/smtp/server/replies.ts";
import type {
  Answer,
  Question,
  SessionSettings,
  Transaction,
} from "../../src/core/smtp/server/state.ts";
import { actsOf, addContent, type Labels, settingsOf, type Style } from "./acts.ts";
import type { Dialogue, DialogueLine } from "./dialogue.ts";
import {
  describeCheck,
  describeLogin,
  readCredentials,
  readOffer,
  readTlsFacts,
  usualLoginReply,
} from "./logins.ts";

const labels: Labels = {
  events: new Set(["timeout", "shutdown", "eof", "tls-up"]),
  outputs: new Set(["ask", "check", "start-tls", "abandon", "close"]),
  preparations: new Set(["settings"]),
  content: "content",
};

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

  for (const act of actsOf(dialogue, style.client, labels)) {
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
    ...(words.includes("notices") && { notices: "all" }),
    ...(words.includes("notices=logins") && { notices: "logins" }),
    ...readTimingOffer(words),
    ...readOffer(words),
  };
}

/** `timing`: whoever has logged in may give priorities up to 5, and messages wait for an hour at most. */
function readTimingOffer(words: readonly string[]): Pick<SessionSettings, "timing"> {
  if (!words.includes("timing")) return {};
  return {
    timing: {
      now: () => Date.UTC(2026, 10, 22, 10, 11, 12),
      ...(!words.includes("no-priorities") && {
        highestPriority: (login) => (login === undefined ? 0 : 5),
      }),
      minDeliverBy: 60,
      maxHold: 3_600_000,
      holdsFor: words.includes("holds=logins") ? "logins" : "all",
    },
  };
}

function describeTiming({
  priority,
  isPriorityChanged,
  deliverBy,
  releaseAt,
}: Transaction): readonly string[] {
  const changed = isPriorityChanged === true ? " (changed)" : "";
  return [
    ...(priority === undefined ? [] : [`priority ${priority}${changed}`]),
    ...(deliverBy === undefined
      ? []
      : [
          `by ${formatDateTime(deliverBy.until)} or ${deliverBy.missed}${deliverBy.traced ? ", traced" : ""}`,
        ]),
    ...(releaseAt === undefined ? [] : [`released ${formatDateTime(releaseAt)}`]),
  ];
}

function linesOf(said: Reply): readonly string[] {
  const lines = formatReply(said).split("\r\n");
  assert.equal(lines.pop(), "", "a reply that does not end in CR LF");
  return lines.map((line) => `S: ${line}`);
}

function describeQuestion(question: Question): string {
  if (question.kind === "login") {
    return describeLogin(question.attempt.mechanism, question.outcome);
  }
  const { sender, recipients, smtputf8, hello, tls, login, requireTls, returns, envelopeId } =
    question.transaction;
  switch (question.kind) {
    case "recipient": {
      const client = [...(tls ? [tls.version] : []), ...(login ? [`login ${login}`] : [])];
      const from = client.length === 0 ? "" : ` (${client.join(", ")})`;
      return `recipient <${formatAddress(question.recipient)}>${describeRequest(question.request)}${from}`;
    }
    case "content": {
      const { chunk } = question;
      if (chunk === undefined) return "content";
      return `content in chunks, ${chunk.octets} octets${chunk.last ? ", last" : " to begin with"}`;
    }
    case "message": {
      const to = recipients.map(
        ({ address, ...request }) => `<${formatAddress(address)}>${describeRequest(request)}`,
      );
      const traits = [
        `${question.traits.size} octets`,
        ...(question.traits.eightBit ? ["8-bit"] : []),
        ...(smtputf8 ? ["SMTPUTF8"] : []),
        ...(hello.extended ? ["ESMTP"] : []),
        ...(requireTls ? ["REQUIRETLS"] : []),
        ...describeTiming(question.transaction),
        ...(returns === undefined ? [] : [`RET=${returns}`]),
        ...(envelopeId === undefined ? [] : [`ENVID=${envelopeId}`]),
      ];
      return `message from <${formatReversePath(sender)}> to ${to.join(" ")}: ${traits.join(", ")}`;
    }
  }
}

function describeRequest({ notify, originalRecipient }: RecipientRequest): string {
  const events = notify === undefined ? "" : ` NOTIFY=${formatNotify(notify)}`;
  return originalRecipient === undefined ? events : `${events} ORCPT=${originalRecipient}`;
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
