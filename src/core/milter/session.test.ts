import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { array, assert as check, property, uint8Array } from "fast-check";
import { parseAddress } from "../mail/address.ts";
import { parseIp } from "../mail/ip.ts";
import type { Result } from "../result.ts";
import type { MilterOutcome } from "./outcome.ts";
import { numbers, type Packet, PacketReader, readTexts, texts, writePacket } from "./packet.ts";
import { MilterSession } from "./session.ts";

function address(text: string) {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok);
  return parsed.value;
}

const arrival = {
  hostname: "mail.example.org",
  listener: "mx",
  client: parseIp("2001:db8::7") ?? assert.fail(),
  hello: "client.example",
  id: "00tgkef3y00",
  sender: null,
  recipients: [address("ann@example.org"), address("bob@example.org")],
};

const message = Buffer.from("From: <a@b.test>\r\nSubject: a\r\n folded one\r\n\r\nHello.\r\n.\r\n");

type Answer = readonly Packet[] | undefined;

/** A filter that answers each command as `answers` has it, and "go on" otherwise. */
function talk(answers: (packet: Packet) => Answer, content = message, stride = content.length) {
  const heard: Packet[] = [];
  const reader = new PacketReader();
  let outcome: Result<MilterOutcome, string> | undefined;
  const outbox: Uint8Array[] = [];
  const session = new MilterSession(arrival, {
    write: (octets) => void outbox.push(octets),
    end(ended) {
      assert.equal(outcome, undefined, "it ends once");
      outcome = ended;
    },
  });

  function deliver(): void {
    for (let octets = outbox.shift(); octets !== undefined; octets = outbox.shift()) {
      const packets = reader.read(octets);
      assert.ok(packets.ok);
      for (const packet of packets.value) {
        heard.push(packet);
        if (packet.letter === "D" || packet.letter === "Q") continue;
        for (const each of answers(packet) ?? usual(packet)) session.receive(writePacket(each));
      }
    }
  }

  session.start();
  deliver();
  for (let at = 0; at < content.length; at += stride) {
    session.take(content.subarray(at, at + stride));
    deliver();
  }
  session.finish();
  deliver();
  return { heard, outcome };
}

const go: Packet = { letter: "c", data: new Uint8Array(0) };
const empty = new Uint8Array(0);
const agree = (wishes: number, version = 6): Packet => ({
  letter: "O",
  data: numbers(version, 1, wishes),
});

function usual({ letter }: Packet): readonly Packet[] {
  return [letter === "O" ? agree(0) : go];
}

const at =
  (letter: string, ...said: readonly Packet[]) =>
  (packet: Packet): Answer =>
    packet.letter === letter ? said : undefined;

test("a filter hears of the client, the envelope and the content, in their order", () => {
  const { heard, outcome } = talk(() => undefined);
  const commands = heard.filter(({ letter }) => letter !== "D");
  assert.equal(commands.map(({ letter }) => letter).join(""), "OCHMRRTLLNBEQ");
  const [, connect, hello, mail, first, , , from, subject, , body] = commands;
  assert.deepEqual(
    Buffer.from(connect?.data ?? empty).toString("latin1"),
    "[2001:db8::7]\u00006\u0000\u0000IPv6:2001:db8::7\u0000",
  );
  assert.deepEqual(readTexts(hello?.data ?? empty), ["client.example"]);
  assert.deepEqual(readTexts(mail?.data ?? empty), ["<>"]);
  assert.deepEqual(readTexts(first?.data ?? empty), ["<ann@example.org>"]);
  assert.deepEqual(readTexts(from?.data ?? empty), ["From", "<a@b.test>"]);
  assert.deepEqual(readTexts(subject?.data ?? empty), ["Subject", "a\n folded one"]);
  assert.equal(Buffer.from(body?.data ?? empty).toString(), "Hello.\r\n.\r\n");
  const macros = heard.filter(({ letter }) => letter === "D").map(({ data }) => readTexts(data));
  assert.ok(
    macros.some((words) => words.includes("{rcpt_addr}") && words.includes("bob@example.org")),
  );
  assert.ok(macros.some((words) => words.includes("00tgkef3y00")));
  assert.deepEqual(outcome, { ok: true, value: { kind: "pass", fields: "", ignored: 0 } });
});

/** What a filter hears of a message in pieces of so many octets. */
function contentOf(stride: number) {
  const { heard } = talk(() => undefined, message, stride);
  const fields = heard.filter(({ letter }) => letter === "L").map(({ data }) => readTexts(data));
  const body = Buffer.concat(heard.filter(({ letter }) => letter === "B").map(({ data }) => data));
  return { fields, body: body.toString() };
}

test("however the message is cut, the filter hears the same", () => {
  for (let stride = 1; stride < message.length; stride++) {
    assert.deepEqual(contentOf(stride), contentOf(message.length));
  }
});

test("what it does not want to hear is not said, and what it takes in silence needs no answer", () => {
  const { heard, outcome } = talk((packet) => {
    if (packet.letter === "O") return [agree(0x01 | 0x02 | 0x10 | 0x8000 | 0x80)];
    return packet.letter === "R" || packet.letter === "L" ? [] : undefined;
  });
  const commands = heard.filter(({ letter }) => letter !== "D");
  assert.equal(commands.map(({ letter }) => letter).join(""), "OMRRTLLNEQ");
  assert.equal(outcome?.ok, true);
});

test("an old filter hears nothing of DATA", () => {
  const { heard } = talk(at("O", agree(0, 2)));
  assert.ok(heard.every(({ letter }) => letter !== "T"));
});

test("fields that it adds stand at the top", () => {
  const { outcome } = talk(
    at(
      "E",
      { letter: "p", data: empty },
      { letter: "h", data: texts("X-Spam", "no") },
      { letter: "m", data: Uint8Array.from([0, 0, 0, 1, ...texts("Subject", "")]) },
      { letter: "i", data: Uint8Array.from([0, 0, 0, 0, ...texts("X-Long", "a;\n\tb\n")]) },
      go,
    ),
  );
  assert.deepEqual(outcome, {
    ok: true,
    value: { kind: "pass", fields: "X-Spam: no\r\nX-Long: a;\r\n\tb\r\n", ignored: 1 },
  });
});

suite("its verdicts", () => {
  const verdicts: readonly (readonly [string, Packet, number, RegExp])[] = [
    ["reject", { letter: "r", data: empty }, 550, /refused by a filter/],
    ["tempfail", { letter: "t", data: empty }, 451, /later/],
    ["discard", { letter: "d", data: empty }, 550, /not wanted/],
    ["its own", { letter: "y", data: texts("552 5.7.9 A virus: EICAR") }, 552, /^A virus: EICAR$/],
    ["of lines", { letter: "y", data: texts("550-5.7.1 one\r\n550 5.7.1 two") }, 550, /^one$/],
    ["one that lets in", { letter: "y", data: texts("250 welcome") }, 451, /for now/],
    ["one with controls", { letter: "y", data: texts("550 a\u0007b") }, 550, /^a\?b$/],
  ];
  for (const [named, packet, code, text] of verdicts) {
    for (const letter of ["C", "H", "M", "R", "T", "L", "N", "B", "E"]) {
      test(`${named} at ${letter}`, () => {
        const { outcome } = talk(at(letter, packet));
        assert.ok(outcome?.ok === true && outcome.value.kind === "refuse");
        assert.equal(outcome.value.reply.code, code);
        assert.match(outcome.value.reply.lines[0] ?? "", text);
      });
    }
  }
});

test("accept ends it at once, skip ends the body", () => {
  const accepted = talk(at("M", { letter: "a", data: empty }));
  assert.deepEqual(accepted.outcome, { ok: true, value: { kind: "pass", fields: "", ignored: 0 } });
  assert.ok(accepted.heard.every(({ letter }) => letter !== "R"));
  const long = Buffer.concat([message, Buffer.alloc(300_000, "x")]);
  const skipped = talk(at("B", { letter: "s", data: empty }), long);
  assert.equal(skipped.heard.filter(({ letter }) => letter === "B").length, 1);
  assert.equal(skipped.outcome?.ok, true);
});

suite("what no filter may say", () => {
  const wrong: readonly (readonly [string, (packet: Packet) => Answer])[] = [
    ["another protocol", at("O", go)],
    ["another version", at("O", agree(0, 99))],
    ["more changes", at("O", { letter: "O", data: numbers(6, 0x3f, 0) })],
    ["unknown wishes", at("O", agree(0x4000_0000))],
    ["a field too early", at("M", { letter: "h", data: texts("A", "b") })],
    ["a field that ends the header", at("E", { letter: "h", data: texts("A", "b\r\n\r\nc") })],
    ["a field that begins another", at("E", { letter: "h", data: texts("A", "b\nBcc: c@d.test") })],
    ["a name that is none", at("E", { letter: "h", data: texts("A b", "c") })],
    ["a body of its own", at("E", { letter: "b", data: texts("x") })],
    ["two answers at once", at("M", go, go, go)],
  ];
  for (const [named, answers] of wrong) {
    test(named, () => {
      const { outcome } = talk(answers);
      assert.equal(outcome?.ok, false);
    });
  }
});

test("a header that is too long to be shown is refused for good", () => {
  const long = Buffer.from(`Subject: ${"x".repeat(110_000)}\r\n\r\nHello.\r\n`);
  const { outcome } = talk(() => undefined, long);
  assert.ok(outcome?.ok && outcome.value.kind === "refuse");
  assert.equal(outcome.value.reply.code, 552);
});

test("a packet without an end is none", () => {
  const reader = new PacketReader();
  assert.equal(reader.read(Uint8Array.from([0xff, 0xff, 0xff, 0xff])).ok, false);
  assert.equal(new PacketReader().read(Uint8Array.from([0, 0, 0, 0])).ok, false);
});

test("whatever octets come, there is one end and no exception", () => {
  check(
    property(array(uint8Array({ maxLength: 40 }), { maxLength: 20 }), (pieces) => {
      let ends = 0;
      const session = new MilterSession(arrival, { write() {}, end: () => void ends++ });
      session.start();
      session.receive(writePacket(agree(0)));
      for (const piece of pieces) session.receive(piece);
      session.take(message);
      session.finish();
      session.lost("over");
      assert.equal(ends, 1);
    }),
  );
});
