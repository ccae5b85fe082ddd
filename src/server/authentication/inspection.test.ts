import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAddress } from "../../core/mail/address.ts";
import { parseIp } from "../../core/mail/ip.ts";
import { bad, good } from "../../core/result.ts";
import type { Questions } from "../../io/dns/questions.ts";
import type { ArrivingMessage } from "../smtpd/inspection.ts";
import { createAuthentication } from "./inspection.ts";

const zone: Readonly<Record<string, string>> = {
  "client.example": "v=spf1 ip4:203.0.113.9 -all",
  "mx.client.example": "v=spf1 a -all",
  "_dmarc.client.example": "v=DMARC1; p=reject",
};

const answering = async (name: string, type: string) => {
  if (type === "A" && name === "mx.client.example") return good(["203.0.113.9"]);
  const text = type === "TXT" ? zone[name] : undefined;
  return text === undefined ? bad({ kind: "no-records" } as const) : good([[text]]);
};

interface Asking {
  readonly ask?: (name: string, type: string) => Promise<unknown>;
  readonly sender?: string | null;
  readonly hello?: string;
  readonly message?: Partial<ArrivingMessage>;
}

function begin({
  ask = answering,
  sender = "ann@client.example",
  hello = "mx.client.example",
  message = {},
}: Asking) {
  const events: object[] = [];
  const note = (fields: object) => void events.push(fields);
  const address = sender === null ? good(null) : parseAddress(sender);
  assert.ok(address.ok);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one function for all types
  const questions = { ask: ask as Questions["ask"] };
  const inspection = createAuthentication({
    hostname: "mx.example.org",
    settings: { verify: true, dmarc: "reject", trustedSealers: [] },
    questions,
    policyQuestions: questions,
    random: () => 0,
    log: { info: note, warn: note, error: note },
  });
  const inspector = inspection.begin(
    {
      id: 10,
      session: "session",
      listener: "mx",
      role: "mx",
      client: parseIp("203.0.113.9") ?? assert.fail(),
      mayRelay: false,
      isGranted: false,
      receivedAt: Date.UTC(2026, 10, 26),
      transaction: {
        hello: { name: hello, extended: true },
        tls: undefined,
        login: undefined,
        sender: address.value,
        smtputf8: false,
        requireTls: false,
        recipients: [],
      },
      ...message,
    },
    () => {},
  );
  return { inspector, events };
}

async function verdictOn(from: string, asking: Asking = {}) {
  const { inspector, events } = begin(asking);
  assert.ok(inspector);
  inspector.take(Buffer.from(`From: <${from}>\r\n\r\nHello.\r\n`));
  const verdict = await inspector.judge(new AbortController().signal);
  const fields = verdict.kind === "refuse" ? "" : (verdict.fields ?? "").replace(/\s+/g, " ");
  return { kind: verdict.kind, fields, events };
}

describe("a stranger's message is verified", () => {
  test("by the domain of its sender", async () => {
    const { kind, fields } = await verdictOn("ann@client.example");
    assert.equal(kind, "pass");
    assert.match(fields, /spf=pass smtp\.mailfrom=ann@client\.example; dkim=none; dmarc=pass/);
  });

  test("by what the client calls itself where the sender is nobody", async () => {
    const { fields } = await verdictOn("postmaster@client.example", { sender: null });
    assert.match(fields, /spf=pass smtp\.helo=mx\.client\.example; .*dmarc=pass/);
  });

  test("and an address is nobody's name", async () => {
    const { fields } = await verdictOn("x@other.example", { sender: null, hello: "[203.0.113.9]" });
    assert.match(fields, /spf=none smtp\.helo="\[203\.0\.113\.9\]"; dkim=none; dmarc=none/);
  });

  test("and refused where the holder of its domain wants that, with a line in the log", async () => {
    const { kind, events } = await verdictOn("ann@client.example", { sender: "x@other.example" });
    assert.equal(kind, "refuse");
    assert.partialDeepStrictEqual(events, [
      {
        event: "authenticated",
        client: "203.0.113.9",
        spf: "none other.example",
        verdict: "refuse",
      },
    ]);
  });
});

test("a DNS that is slow to answer lets the message go on after ten seconds", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const judged = verdictOn("ann@client.example", { ask: () => new Promise(() => {}) });
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(10_000);
  const { kind, fields } = await judged;
  assert.equal(kind, "pass");
  assert.match(fields, /spf=temperror .*dmarc=temperror/);
});

test("nobody else's is", () => {
  const others: readonly Partial<ArrivingMessage>[] = [
    { mayRelay: true },
    { role: "submission" },
    { client: parseIp("127.0.0.1") ?? assert.fail() },
    { client: parseIp("::1") ?? assert.fail() },
  ];
  for (const message of others) assert.equal(begin({ message }).inspector, undefined);
});

test("what fails on our side is said, and lets the message go on", () => {
  const { inspector, events } = begin({});
  const verdict = inspector?.withoutVerdict("it broke");
  assert.equal(verdict?.kind, "pass");
  assert.match(
    verdict.fields ?? "",
    /^Authentication-Results: mx\.example\.org;\s+dmarc=temperror\r\n$/,
  );
  assert.partialDeepStrictEqual(events, [{ event: "not-authenticated", why: "it broke" }]);
});
