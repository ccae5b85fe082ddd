import assert from "node:assert/strict";
import { test } from "node:test";
import { reply } from "../../core/smtp/reply.ts";
import { takeIn } from "../../../test/support/intake.ts";
import type { ArrivingMessage, Inspection, Inspector, Verdict } from "./inspection.ts";

const login = "ann@client.example";
const letter = "From: ann@client.example\r\nBcc: b@x.example\r\n\r\nhello\r\n";

interface Seen {
  octets: string;
  abandoned: boolean;
  message: ArrivingMessage | undefined;
}

/** An inspection that gives the verdict, and tells what it saw. */
function giving(
  name: string,
  judge: (given: AbortSignal) => Promise<Verdict>,
  more: Partial<Inspector> = {},
): Inspection & { readonly seen: Seen } {
  const seen: Seen = { octets: "", abandoned: false, message: undefined };
  return {
    name,
    seen,
    begin(message) {
      seen.message = message;
      return {
        sees: "kept",
        take: (octets) => void (seen.octets += Buffer.from(octets).toString("latin1")),
        isFull: false,
        patience: 60_000,
        judge,
        withoutVerdict: (why) => ({ kind: "junk", why, fields: `X-${name}: unknown\r\n` }),
        abandon: () => void (seen.abandoned = true),
        ...more,
      };
    },
  };
}

const passing = (name: string, fields?: string, more?: Partial<Inspector>) =>
  giving(name, async () => ({ kind: "pass", ...(fields !== undefined && { fields }) }), more);

const refusing = (name: string) =>
  giving(name, async () => ({
    kind: "refuse",
    why: `${name} says so`,
    reply: reply(550, "5.7.1", `no, says ${name}`),
  }));

const take = (text: string, inspections: readonly Inspection[]) =>
  takeIn({ pieces: [Buffer.from(text)], login, inspections });

test("fields stand above our trace in the stated order, and count", async () => {
  const { kept, leaked } = await take(letter, [passing("a", "A: 1\r\n"), passing("b", "B: 2\r\n")]);
  assert.ok(kept);
  assert.match(kept.octets.toString(), /^A: 1\r\nB: 2\r\nReceived: from laptop/);
  assert.equal(kept.message.size, kept.octets.length);
  assert.equal(leaked, 0);
});

test("fields stand above what was stashed long before they were known", async () => {
  const body = "x".repeat(600_000);
  const { kept } = await take(`${letter}${body}\r\n`, [passing("a", "A: 1\r\n")]);
  assert.equal(kept?.message.stashed, 2);
  assert.match(kept.octets.toString(), /^A: 1\r\nReceived: from laptop/);
  assert.ok(kept.octets.toString().endsWith(`${body}\r\n`));
  assert.equal(kept.message.size, kept.octets.length);
});

test("a field of other letters makes the message one of eight bits", async () => {
  const { kept } = await take(letter, [passing("a", "A: zoë\r\n")]);
  assert.equal(kept?.message.eightBit, true);
  assert.equal(kept.message.size, kept.octets.length);
});

test("an inspector sees what is kept, or what was sent; each without our own trace", async () => {
  const [ofKept, ofSent] = [passing("kept"), passing("sent", undefined, { sees: "sent" })];
  await take(letter, [ofKept, ofSent]);
  assert.match(ofKept.seen.octets, /^From: ann.*\r\nDate: .*\r\nMessage-ID: .*\r\n\r\nhello\r\n$/);
  assert.equal(ofSent.seen.octets, letter);
  assert.equal(ofKept.seen.message?.transaction.login, login);
  assert.equal(ofKept.seen.message.mayRelay, true);
});

test("the first refusal in the stated order holds, and the log says whose it is", async () => {
  const inspections = [passing("a", "A: 1\r\n"), refusing("b"), refusing("c")];
  const { reply: said, kept, leaked, events } = await take(letter, inspections);
  assert.equal(said, "550 5.7.1 no, says b\r\n");
  assert.equal(kept, undefined);
  assert.equal(leaked, 0);
  assert.ok(events.some((event) => "error" in event && event.error === "b: b says so"));
});

test("what one finds to be junk is junk, and the log says why", async () => {
  const junk = giving("b", async () => ({ kind: "junk", why: "it smells", fields: "B: 2\r\n" }));
  const { kept, events } = await take(letter, [passing("a", "A: 1\r\n"), junk]);
  assert.equal(kept?.message.isJunk, true);
  assert.match(kept.octets.toString(), /^A: 1\r\nB: 2\r\n/);
  assert.ok(events.some((event) => "junk" in event && event.junk === "b: it smells"));
});

test("who is late is told so, and what holds without a verdict holds", async () => {
  let gaveUp = false;
  const late = giving(
    "late",
    (given) => new Promise(() => given.addEventListener("abort", () => (gaveUp = true))),
    { patience: 20 },
  );
  const { kept } = await take(letter, [late, passing("b", "B: 2\r\n")]);
  assert.match(kept?.octets.toString() ?? "", /^X-late: unknown\r\nB: 2\r\n/);
  assert.equal(gaveUp, true);
});

test("who fails has no verdict, and the log says why", async () => {
  const failing = giving("a", () => Promise.reject(new Error("it broke")));
  const { kept, events } = await take(letter, [failing]);
  assert.equal(kept?.message.isJunk, true);
  assert.ok(events.some((event) => "junk" in event && event.junk === "a: it broke"));
});

test("a message that is refused anyway is no longer inspected", async () => {
  const inspection = passing("a");
  const { reply: said } = await take(`${"Received: x\r\n".repeat(51)}${letter}`, [inspection]);
  assert.match(said, /^554 5\.4\.6/);
  assert.equal(inspection.seen.abandoned, true);
});

test("what claims to be our own word goes, from whoever it comes, and does not count", async () => {
  const forged = `Authentication-Results: mail.example.org; spf=pass\r\n${letter}`;
  const [ofKept, ofSent] = [passing("kept"), passing("sent", undefined, { sees: "sent" })];
  const inspections = [ofKept, ofSent];
  for (const sender of [login, undefined]) {
    const { kept } = await takeIn({
      pieces: [Buffer.from(forged)],
      ...(sender !== undefined && { login: sender }),
      inspections,
      removesForgedResults: true,
    });
    assert.doesNotMatch(kept?.octets.toString() ?? "", /spf=pass/);
    assert.equal(kept?.message.size, kept?.octets.length);
  }
  assert.doesNotMatch(ofKept.seen.octets, /spf=pass/);
  assert.match(ofSent.seen.octets, /spf=pass/);
});

test("whom a message does not concern costs it nothing", async () => {
  const { kept } = await take(letter, [{ name: "a", begin: () => undefined }]);
  assert.match(kept?.octets.toString() ?? "", /^Received: /);
  assert.equal(kept?.message.preface, undefined);
});
