import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { saslPorts } from "../../../../test/support/sasl.ts";
import type { ClientOptions } from "./opening.ts";
import { createClientSession, type ClientSession } from "./session.ts";
import type { ClientInput, ClientOutput, OutgoingMessage } from "./session-values.ts";

const content = Buffer.from("Subject: x\r\n\r\nbody\r\n");

function message(recipients: number): OutgoingMessage {
  return {
    sender: { local: "ann", domain: "example.org" },
    recipients: Array.from({ length: recipients }, (_, index) => ({
      address: { local: `r${index}`, domain: "example.net" },
    })),
    size: content.length,
    eightBit: false,
    smtputf8: false,
  };
}

function bytes(text: string): ClientInput {
  return { kind: "bytes", bytes: Buffer.from(text) };
}

/** A session that has had its greeting and the answer to EHLO. */
function idleSession(...extensions: string[]): ClientSession {
  const session = createClientSession({ hostname: "mail.example.org", tls: "off" });
  session.take(bytes("220 mx\r\n"));
  const lines = ["mx", ...extensions];
  const last = lines.length - 1;
  session.take(bytes(lines.map((line, at) => `250${at === last ? " " : "-"}${line}\r\n`).join("")));
  return session;
}

function waited(outputs: readonly ClientOutput[]): readonly string[] {
  return outputs.flatMap((output) =>
    output.kind === "wait" ? [`${output.stage} ${output.limit / 1_000}`] : [],
  );
}

test("each stage has the time that RFC 5321 §4.5.3.2 gives it, in seconds", () => {
  const session = createClientSession({ hostname: "mail.example.org", tls: "off" });
  const inputs: readonly ClientInput[] = [
    bytes("220 mx\r\n"),
    bytes("250 mx\r\n"),
    { kind: "send", message: message(1) },
    bytes("250 ok\r\n"),
    bytes("250 ok\r\n"),
    bytes("354 go\r\n"),
    { kind: "content", chunk: content },
    bytes("250 ok\r\n"),
    { kind: "quit" },
  ];
  assert.deepEqual(
    inputs.map((input) => waited(session.take(input)).join()),
    [
      "hello 300",
      "",
      "mail 300",
      "recipient 300",
      "data 120",
      "content 180",
      "final 600",
      "",
      "quit 10",
    ],
  );
});

test("at most 100 recipients go into one transaction", () => {
  const session = idleSession("PIPELINING");
  const [group] = session.take({ kind: "send", message: message(150) });
  assert.ok(group?.kind === "write");
  assert.equal(String(group.data).match(/RCPT TO/g)?.length, 100);
  session.take(bytes("250 ok\r\n".repeat(101) + "354 go\r\n"));
  session.take({ kind: "content", chunk: content });
  const [settled] = session.take(bytes("250 ok\r\n"));
  assert.ok(settled?.kind === "settled");
  const kinds = settled.outcomes.map(({ kind }) => kind);
  assert.deepEqual([kinds.length, kinds[99], kinds[100]], [150, "delivered", "untried"]);
});

test("an address that would break a command line is never written", () => {
  const damaged = { local: "a>\r\nDATA", domain: "example.net" };
  for (const change of [{ sender: damaged }, { recipients: [{ address: damaged }] }]) {
    const outputs = idleSession().take({ kind: "send", message: { ...message(1), ...change } });
    assert.deepEqual(
      outputs.map(({ kind }) => kind),
      ["settled", "idle"],
    );
  }
});

test("a message or QUIT before the session is idle is a fault of the caller", () => {
  const fresh = createClientSession({ hostname: "mail.example.org", tls: "off" });
  assert.throws(() => fresh.take({ kind: "send", message: message(1) }), /busy \(greeting\)/);
  const busy = idleSession();
  busy.take({ kind: "send", message: message(1) });
  assert.throws(() => busy.take({ kind: "quit" }), /busy \(mail\)/);
});

for (const [what, injected] of [
  ["a reply", "250 evil\r\n"],
  ["half a reply", "25"],
  ["a line of a reply", "250-evil\r\n"],
] as const) {
  test(`${what} behind the answer to STARTTLS, in the clear, ends the session`, () => {
    const session = createClientSession({ hostname: "mail.example.org", tls: "opportunistic" });
    session.take(bytes("220 mx\r\n"));
    session.take(bytes("250-mx\r\n250 STARTTLS\r\n"));
    const outputs = session.take(bytes(`220 go\r\n${injected}`));
    const kinds = outputs.map(({ kind }) => kind);
    assert.deepEqual(kinds.slice(0, 2), ["host-failed", "close"]);
    assert.ok(!kinds.includes("start-tls"));
  });
}

test("replies that came in the clear are none under TLS", () => {
  const session = createClientSession({ hostname: "mail.example.org", tls: "opportunistic" });
  session.take(bytes("220 mx\r\n"));
  session.take(bytes("250-mx\r\n250 STARTTLS\r\n"));
  session.take(bytes("220 go\r\n"));
  const channelBindings = {};
  const tls = { protocol: "TLSv1.3", cipher: "x", channelBindings, doubt: undefined };
  session.take({ kind: "tls-up", tls });
  const outputs = session.take(bytes("250 CHUNKING\r\n"));
  assert.deepEqual(
    outputs.map(({ kind }) => kind),
    ["idle"],
  );
});

const fromHost = fc.oneof(
  fc.constantFrom(
    "220 hi\r\n",
    "250 ok\r\n",
    "250-PIPELINING\r\n",
    "250 CHUNKING\r\n",
    "354 go\r\n",
    "334 \r\n",
    "334 cj1vdXJz\r\n",
    "235 in\r\n",
    "250-AUTH SCRAM-SHA-256 PLAIN LOGIN\r\n250 STARTTLS\r\n",
  ),
  fc.constantFrom("421 bye\r\n", "450 later\r\n", "452 many\r\n", "550 no\r\n", "250", "\r\n"),
  fc.string({ maxLength: 6 }),
);
const happening = fc.oneof(
  { weight: 20, arbitrary: fromHost.map(bytes) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<ClientInput>(
      { kind: "timeout" },
      { kind: "closed" },
      { kind: "tls-failed", detail: "x" },
      { kind: "derived", salted: new Uint8Array(32) },
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom(tlsUp(undefined), tlsUp("expired")) },
);

function tlsUp(doubt: string | undefined): ClientInput {
  const tls = { protocol: "TLSv1.3", cipher: "x", channelBindings: {}, doubt };
  return { kind: "tls-up", tls };
}

const login = { ports: saslPorts("ours"), user: "u", password: "p", allowedInClear: false };
const wishes = fc.record<ClientOptions>(
  {
    hostname: fc.constant("mail.example.org"),
    tls: fc.constantFrom("off", "opportunistic", "required", "verified"),
    implicitTls: fc.boolean(),
    isNameTrusted: fc.boolean(),
    requireTls: fc.boolean(),
    login: fc.constant(login),
  },
  { requiredKeys: ["hostname", "tls"] },
);

test("whatever a host says, each message is settled once or handed back, and the end is the end", () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), wishes, (happenings, options) => {
      const session = createClientSession(options);
      let isSecure = false;
      let inHand = 0;
      let closed = false;
      function take(input: ClientInput): void {
        for (const output of session.take(input)) {
          assert.ok(!closed, "an output after close");
          if (output.kind === "protection") isSecure = output.protection.kind === "tls";
          if (output.kind === "write" && !isSecure) assertHarmless(output.data, options);
          if (output.kind === "settled") {
            assert.equal(output.outcomes.length, 3);
            inHand--;
          } else if (output.kind === "host-failed") inHand = 0;
          else if (output.kind === "close") closed = true;
          assert.ok(inHand >= 0, "settled twice");
          // As a driver does that looks at one output after the other.
          if (output.kind === "want-content") queue.push({ kind: "content", chunk: content });
          if (output.kind === "idle") queue.push({ kind: "send", message: message(3) });
        }
      }
      const queue: ClientInput[] = [];
      session.start();
      for (const input of [...happenings, { kind: "closed" } as const]) {
        take(input);
        for (let next = queue.shift(); next !== undefined && !closed; next = queue.shift()) {
          if (next.kind === "send") inHand++;
          take(next);
        }
      }
      assert.ok(closed, "not closed at the end");
      assert.equal(inHand, 0, "a message was forgotten");
    }),
    { numRuns: 1_000 },
  );
});

/** No mail in the clear where it must not be, and no password at all. */
function assertHarmless(data: string | Uint8Array, { tls, requireTls }: ClientOptions): void {
  const text = Buffer.from(data).toString();
  assert.doesNotMatch(text, /^AUTH /);
  const mayBeClear = (tls === "off" || tls === "opportunistic") && requireTls !== true;
  if (!mayBeClear) assert.doesNotMatch(text, /^MAIL /);
}
