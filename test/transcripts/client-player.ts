// Plays a dialogue against the client session. S: is the far host and C: is us; `send:`,
// `content:`, `content-failed:`, `quit:`, `tls-up:`, `tls-failed:`, `timeout:` and `closed:` are what
// the driver says; `result:`, `host-failed:`, `idle:`, `start-tls:`, `protection:` and `close:` are
// what the session tells the driver. `options:` at the top is what the session has to come by before
// it sends.

import assert from "node:assert/strict";
import { parseAddress, type Address } from "../../src/core/mail/address.ts";
import { describeReply } from "../../src/core/smtp/reply.ts";
import {
  type MessageRequest,
  readMessageRequest,
  readRecipientRequest,
} from "../../src/core/mail/notice-request.ts";
import type { Result } from "../../src/core/result.ts";
import type { Failure, RecipientOutcome } from "../../src/core/smtp/client/failure.ts";
import type { ClientOptions } from "../../src/core/smtp/client/opening.ts";
import { describeProtection } from "../../src/core/smtp/client/protection.ts";
import { createClientSession } from "../../src/core/smtp/client/session.ts";
import type {
  ClientInput,
  ClientOutput,
  OutgoingMessage,
  OutgoingRecipient,
} from "../../src/core/smtp/client/session-values.ts";
import { pbkdf2Sync } from "node:crypto";
import { saslPorts } from "../support/sasl.ts";
import { type Dialogue, type DialogueLine, octetsOf } from "./dialogue.ts";

/** Whether the network cuts the host's octets before the one at this index. */
export type Cut = (index: number) => boolean;

/** Plays the dialogue to its end; throws at the first line that goes otherwise. */
export function play({ file, lines: all }: Dialogue, cut: Cut): void {
  const [first] = all;
  const options = readOptions(first?.label === "options" ? first.text.split(" ") : []);
  const lines = first?.label === "options" ? all.slice(1) : all;
  const session = createClientSession(options);
  let written = Buffer.alloc(0);
  const told: string[] = [];
  const contents: ClientInput[] = [];
  let received = 0;

  function take(input: ClientInput): void {
    perform(session.take(input));
  }

  function perform(outputs: readonly ClientOutput[]): void {
    let wants = false;
    for (const output of outputs) {
      if (output.kind === "write") written = Buffer.concat([written, Buffer.from(output.data)]);
      else if (output.kind === "want-content") wants = true;
      else if (output.kind === "derive") take({ kind: "derived", salted: derive(output) });
      // What was not asked for protects nothing.
      else if (output.kind === "protection" && options.tls === "off") continue;
      else told.push(...describeOutput(output));
    }
    const content = wants ? contents.shift() : undefined;
    if (content !== undefined) take(content);
  }

  function receive(octets: Buffer): void {
    let from = 0;
    for (let to = 1; to <= octets.length; to++) {
      received++;
      if (to < octets.length && !cut(received)) continue;
      take({ kind: "bytes", bytes: octets.subarray(from, to) });
      from = to;
    }
  }

  function expect(line: DialogueLine): void {
    if (line.label !== "C") {
      assert.equal(told.shift(), `${line.label}: ${line.text}`.trim(), `${file}:${line.number}`);
      return;
    }
    const expected = octetsOf(line.text);
    const actual = written.subarray(0, expected.length).toString();
    assert.equal(actual, expected.toString(), `${file}:${line.number}`);
    written = written.subarray(expected.length);
  }

  function assertQuiet(place: string): void {
    assert.deepEqual([written.toString(), ...told], [""], `${place}: more than the dialogue says`);
  }

  perform(session.start());
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    if (isExpectation(line)) {
      expect(line);
      continue;
    }
    assertQuiet(`${file}:${line.number}`);
    const block = takeWhile(lines, index, isContinuation(line));
    index += block.length - 1;
    if (line.label === "S") receive(Buffer.concat(block.map(({ text }) => octetsOf(text))));
    else if (line.label === "send") {
      contents.splice(0, contents.length, ...block.slice(1).map(readContent));
      take({ kind: "send", message: readMessage(line, contents) });
    } else take(readEvent(line));
  }
  assertQuiet(file);
}

function isExpectation({ label }: DialogueLine): boolean {
  const told = ["result", "host-failed", "idle", "start-tls", "protection", "close"];
  return label === "C" || told.includes(label);
}

/** `lmtp`, `ends-here`, `recipients=N` and `messages=N`, `tls=LEVEL`, `implicit`, `named` (the host's name is the operator's), `requiretls`, and
 * `login=USER:PASSWORD`, `token` where that is one, with `clear-login` where it may go without TLS. */
function readOptions(words: readonly string[]): ClientOptions {
  const tls = words.find((word) => word.startsWith("tls="))?.slice(4) ?? "off";
  assert.ok(tls === "off" || tls === "opportunistic" || tls === "required" || tls === "verified");
  const [user = "", password = ""] =
    words
      .find((word) => word.startsWith("login="))
      ?.slice(6)
      .split(":") ?? [];
  const allowedInClear = words.includes("clear-login");
  const isToken = words.includes("token");
  const nonce = words.find((word) => word.startsWith("nonce="))?.slice(6) ?? "ours";
  const login = { ports: saslPorts(nonce), user, password, allowedInClear, ...(isToken && source) };
  return {
    hostname: "mail.example.org",
    tls,
    implicitTls: words.includes("implicit"),
    ...(words.includes("lmtp") && { protocol: "lmtp" }),
    endsHere: words.includes("ends-here"),
    ...numberOf(words, "recipients", "recipientsPerMessage"),
    ...numberOf(words, "messages", "messagesPerConnection"),
    isNameTrusted: words.includes("named"),
    requireTls: words.includes("requiretls"),
    ...(user !== "" && { login }),
  };
}

const source = { source: "token" } as const;

function numberOf(words: readonly string[], name: string, option: keyof ClientOptions) {
  const word = words.find((one) => one.startsWith(`${name}=`));
  return word === undefined ? {} : { [option]: Number(word.slice(name.length + 1)) };
}

function derive({ derivation }: Extract<ClientOutput, { kind: "derive" }>): Uint8Array {
  const { hash, password, salt, iterations } = derivation;
  return pbkdf2Sync(password, salt, iterations, hash === "sha1" ? 20 : 32, hash);
}

/** Which lines belong together: all that the host says at once, and a message with its content. */
function isContinuation(first: DialogueLine): (line: DialogueLine) => boolean {
  return ({ label }) =>
    first.label === "S" ? label === "S" : first.label === "send" && label.startsWith("content");
}

function takeWhile(
  lines: readonly DialogueLine[],
  start: number,
  belongs: (line: DialogueLine) => boolean,
): readonly DialogueLine[] {
  const end = lines.findIndex((line, index) => index > start && !belongs(line));
  return lines.slice(start, end === -1 ? lines.length : end);
}

function readContent({ label, text }: DialogueLine): ClientInput {
  if (label === "content") return { kind: "content", chunk: octetsOf(text) };
  return { kind: "content-failed" };
}

function readEvent({ label, text, number }: DialogueLine): ClientInput {
  switch (label) {
    case "tls-up": {
      const [doubt] = text === "" ? [undefined] : [text];
      const channelBindings = { "tls-exporter": Buffer.from("exported") };
      const cipher = "TLS_AES_256_GCM_SHA384";
      return { kind: "tls-up", tls: { protocol: "TLSv1.3", cipher, channelBindings, doubt } };
    }
    case "tls-failed":
      return { kind: "tls-failed", detail: text };
    case "quit":
    case "timeout":
    case "closed":
      return { kind: label };
    default:
      throw new Error(`line ${number}: unknown label ${label}`);
  }
}

/** `from=<a@b> to=<c@d>,<e@f>`, with `size=N`, `requiretls`, `smtputf8`, `asks`, `RET=`, `ENVID=`, `priority=` and `by=`; what is not
 * said is found by looking. A recipient's NOTIFY and ORCPT stand behind it, each after a slash, the
 * events with + between them. */
function readMessage({ text }: DialogueLine, contents: readonly ClientInput[]): OutgoingMessage {
  const words = text.split(" ");
  const valueOf = (name: string): string =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const content = Buffer.concat(
    contents.map((input) => (input.kind === "content" ? input.chunk : new Uint8Array(0))),
  );
  return {
    sender: valueOf("from") === "<>" ? null : readPath(valueOf("from")),
    recipients: valueOf("to").split(",").map(readRecipient),
    ...readMessageRequests(words),
    ...readTiming(words),
    smtputf8: words.includes("smtputf8"),
    requireTls: words.includes("requiretls"),
    asksOnly: words.includes("asks"),
    size: valueOf("size") === "" ? content.length : Number(valueOf("size")),
    eightBit: content.some((octet) => octet > 127),
  };
}

/** `priority=N`, and `by=SECONDS;R` or `;N`, with a T behind it. */
function readTiming(
  words: readonly string[],
): Pick<OutgoingMessage, "priority" | "deliverBy" | "secondsLeft"> {
  const [, priority] = /(?:^| )priority=(\S+)/.exec(words.join(" ")) ?? [];
  const [, seconds, mode, trace] = /(?:^| )by=(-?\d+);([RN])(T?)/.exec(words.join(" ")) ?? [];
  return {
    ...(priority !== undefined && { priority: Number(priority) }),
    ...(seconds !== undefined && {
      deliverBy: { missed: mode === "R" ? "return" : "notify", traced: trace === "T" },
      secondsLeft: Number(seconds),
    }),
  };
}

function readMessageRequests(words: readonly string[]): MessageRequest {
  return Object.assign({}, ...words.map((word) => requestOf(word, readMessageRequest)));
}

function readRecipient(text: string): OutgoingRecipient {
  const [path = "", ...requests] = text.split("/");
  return Object.assign(
    { address: readPath(path) },
    ...requests.map((one) => requestOf(one, readListed)),
  );
}

/** In a dialogue, commas stand between recipients. */
function readListed(keyword: string, value: string): ReturnType<typeof readRecipientRequest> {
  const listed = keyword === "NOTIFY" ? value.replaceAll("+", ",") : value;
  return readRecipientRequest(keyword, listed, false);
}

function requestOf<Request>(
  word: string,
  read: (keyword: string, value: string) => Result<Request, string> | undefined,
): Request | undefined {
  const [keyword = "", value = ""] = word.split("=");
  const request = read(keyword, value);
  return request?.ok === true ? request.value : undefined;
}

function readPath(text: string): Address {
  const address = parseAddress(text.slice(1, -1));
  assert.ok(address.ok, `no address: ${text}`);
  return address.value;
}

function describeOutput(output: ClientOutput): readonly string[] {
  switch (output.kind) {
    case "settled":
      return output.outcomes.map((outcome) => `result: ${describeOutcome(outcome)}`);
    case "host-failed":
      return [`host-failed: ${describeFailure(output.why)}`];
    case "idle":
      return [`idle: ${output.messages}`];
    case "start-tls":
      return ["start-tls:"];
    case "protection":
      return [`protection: ${describeProtection(output.protection)}`];
    case "close":
      return ["close:"];
    case "derive":
    case "wait":
    case "write":
    case "want-content":
      return [];
  }
}

function describeOutcome(outcome: RecipientOutcome): string {
  switch (outcome.kind) {
    case "delivered":
      return `delivered ${describeReply(outcome.reply)}${outcome.tells ? ", will tell" : ""}${outcome.keepsTime ? ", keeps time" : ""}`;
    case "temporary":
    case "permanent":
      return `${outcome.kind} ${describeFailure(outcome.why)}`;
    case "untried":
      return "untried";
  }
}

function describeFailure(why: Failure): string {
  switch (why.kind) {
    case "refused":
      return `${why.stage} ${describeReply(why.reply)}`;
    case "lost":
    case "timeout":
      return `${why.stage} ${why.kind}`;
    case "malformed":
      return `${why.stage} malformed: ${why.detail}`;
    case "tls":
    case "login":
      return `${why.kind} ${why.detail}`;
    case "local":
      return `local ${why.status} ${why.text}`;
  }
}
