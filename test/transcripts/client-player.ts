// Plays a dialogue against the client session. S: is the far host and C: is us; `send:`,
// `content:`, `content-failed:`, `quit:`, `timeout:` and `closed:` are what the driver says;
// `result:`, `host-failed:`, `idle:` and `close:` are what the session tells the driver.

import assert from "node:assert/strict";
import { parseAddress, type Address } from "../../src/core/mail/address.ts";
import { describeReply } from "../../src/core/smtp/reply.ts";
import type { Failure, RecipientOutcome } from "../../src/core/smtp/client/failure.ts";
import { createClientSession } from "../../src/core/smtp/client/session.ts";
import type {
  ClientInput,
  ClientOutput,
  OutgoingMessage,
} from "../../src/core/smtp/client/session-values.ts";
import { type Dialogue, type DialogueLine, octetsOf } from "./dialogue.ts";

/** Whether the network cuts the host's octets before the one at this index. */
export type Cut = (index: number) => boolean;

/** Plays the dialogue to its end; throws at the first line that goes otherwise. */
export function play({ file, lines }: Dialogue, cut: Cut): void {
  const session = createClientSession({ hostname: "mail.example.org" });
  let written = Buffer.alloc(0);
  const told: string[] = [];
  const contents: ClientInput[] = [];
  let received = 0;

  function take(input: ClientInput): void {
    let wants = false;
    for (const output of session.take(input)) {
      if (output.kind === "write") written = Buffer.concat([written, Buffer.from(output.data)]);
      else if (output.kind === "want-content") wants = true;
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
  return ["C", "result", "host-failed", "idle", "close"].includes(label);
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

function readEvent({ label, number }: DialogueLine): ClientInput {
  switch (label) {
    case "quit":
    case "timeout":
    case "closed":
      return { kind: label };
    default:
      throw new Error(`line ${number}: unknown label ${label}`);
  }
}

/** `from=<a@b> to=<c@d>,<e@f>`, with `size=N`, and `smtputf8`; what is not said is found by looking. */
function readMessage({ text }: DialogueLine, contents: readonly ClientInput[]): OutgoingMessage {
  const words = text.split(" ");
  const valueOf = (name: string): string =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const content = Buffer.concat(
    contents.map((input) => (input.kind === "content" ? input.chunk : new Uint8Array(0))),
  );
  return {
    sender: valueOf("from") === "<>" ? null : readPath(valueOf("from")),
    recipients: valueOf("to").split(",").map(readPath),
    smtputf8: words.includes("smtputf8"),
    size: valueOf("size") === "" ? content.length : Number(valueOf("size")),
    eightBit: content.some((octet) => octet > 127),
  };
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
    case "close":
      return ["close:"];
    case "wait":
    case "write":
    case "want-content":
      return [];
  }
}

function describeOutcome(outcome: RecipientOutcome): string {
  switch (outcome.kind) {
    case "delivered":
      return `delivered ${describeReply(outcome.reply)}`;
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
    case "local":
      return `local ${why.status} ${why.text}`;
  }
}
