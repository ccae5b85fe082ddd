// Every kind of hole is found by its name, and nothing else is.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { contexts } from "../../src/core/relay-test/contexts.ts";
import { recipientForms, senderForms } from "../../src/core/relay-test/forms.ts";
import { type Report, verdictOf } from "../../src/core/relay-test/report.ts";
import { testRelay } from "../../src/io/relay-test/relay-test.ts";
import { type HoledServerOptions, type Moment, startHoledServer } from "./holed-server.ts";

const ok = "250 2.1.5 Ok";
const all = senderForms.length * recipientForms.length;

async function probe(t: TestContext, options: HoledServerOptions, deliver = false) {
  const server = await startHoledServer(t, options);
  const report = await testRelay({
    endpoint: server.endpoint,
    implicitTls: false,
    foreign: { local: "victim", domain: "example.com" },
    local: { local: "alice", domain: "example.org" },
    deliver,
    timeLimit: 5_000,
    pause: 0,
    signal: new AbortController().signal,
    now: () => Date.UTC(2026, 10, 22),
    onProgress: () => {},
  });
  return { server, report };
}

/** `CONTEXT: SENDER to RECIPIENT`, for all that have fared so. */
function named(report: Report, outcome: string): ReadonlySet<string> {
  return new Set(
    report.contexts.flatMap(({ context, results }) =>
      results
        .filter((result) => result.outcome === outcome)
        .map(({ sender, recipient }) => `${context.name}: ${sender} to ${recipient}`),
    ),
  );
}

interface Expected {
  readonly contexts?: readonly string[];
  readonly senders?: readonly string[];
  readonly recipients?: readonly string[];
}

const everywhere = contexts.map(({ name }) => name);
const toX = recipientForms.filter(({ control }) => control === undefined).map(({ form }) => form);
const inside = recipientForms.filter(({ control }) => control !== undefined);

function product({
  contexts: where = everywhere,
  senders = senderForms,
  recipients = toX,
}: Expected): ReadonlySet<string> {
  return new Set(
    where.flatMap((context) =>
      senders.flatMap((sender) =>
        recipients.map((recipient) => `${context}: ${sender} to ${recipient}`),
      ),
    ),
  );
}

const victim = "victim@example.com";

const oddRecipients: ReadonlySet<string> = new Set([
  victim,
  "<victim%example.com@mail.example.org>",
  "<example.com!victim>",
  `<"${victim}"@[127.0.0.1]>`,
]);

/** Foreign by the letter of RFC 5321. */
function leadsAway({ recipient }: Moment): boolean {
  return recipient.replace(/^<(@[^:]+:)?|>$/g, "") === victim;
}

const holes: readonly (readonly [string, HoledServerOptions["rule"], Expected])[] = [
  ["relays for anybody", (moment) => (leadsAway(moment) ? ok : undefined), {}],
  [
    "takes bare addresses, and reads %, ! and quotes as routes",
    ({ recipient }) => (oddRecipients.has(recipient) ? ok : undefined),
    { recipients: ["v@X", "<v%X@H>", "<X!v>", '<"v@X"@[I]>'] },
  ],
  [
    "believes the null sender, and one of its own",
    (moment) =>
      /^<(alice@example\.org)?>$/.test(moment.sender) && leadsAway(moment) ? ok : undefined,
    { senders: ["<>", "<U@L>"] },
  ],
  [
    "opens before HELO",
    (moment) => (moment.hello === "" && leadsAway(moment) ? ok : undefined),
    { contexts: ["before HELO", "after STARTTLS, before EHLO"] },
  ],
  [
    "opens after RSET",
    (moment) => (moment.resets > 0 && leadsAway(moment) ? ok : undefined),
    { contexts: ["after RSET", "after STARTTLS and RSET"] },
  ],
  [
    "opens after STARTTLS",
    (moment) => (moment.tls && leadsAway(moment) ? ok : undefined),
    { contexts: everywhere.filter((name) => name.includes("STARTTLS")) },
  ],
  [
    "opens after a failed AUTH",
    (moment) => (moment.failedLogins > 0 && leadsAway(moment) ? ok : undefined),
    { contexts: everywhere.filter((name) => name.includes("AUTH")) },
  ],
];

for (const [name, rule, expected] of holes) {
  test(`a server that ${name}`, async (t) => {
    const { server, report } = await probe(t, { rule });
    assert.equal(verdictOf(report), "open");
    assert.deepEqual(named(report, "hole"), product(expected));
    assert.equal(named(report, "refused").size, contexts.length * all - product(expected).size);
    assert.ok(!server.lines.includes("DATA"), "no message was sent");
  });
}

test("a closed server has none", async (t) => {
  const { report } = await probe(t, { rule: () => undefined });
  assert.equal(verdictOf(report), "closed");
  assert.equal(named(report, "refused").size, contexts.length * all);
});

test("a server that refuses for the time being, as Postfix does, is closed", async (t) => {
  const { report } = await probe(t, {
    rule: ({ recipient }: Moment) =>
      recipient === "<alice@example.org>" ? ok : `454 4.7.1 ${recipient}: Relay access denied`,
  });
  assert.equal(verdictOf(report), "closed");
});

test("a server that takes everything shows what leads away; the rest may be its own", async (t) => {
  const { report } = await probe(t, { rule: () => ok });
  assert.equal(verdictOf(report), "open");
  assert.deepEqual(named(report, "hole"), product({}));
  assert.deepEqual(named(report, "taken"), product({ recipients: inside.map(({ form }) => form) }));
});

test("a server that takes any name of its own domain leaves the question open", async (t) => {
  const { report } = await probe(t, {
    rule: ({ recipient }: Moment) =>
      recipient.endsWith("@example.org>") && !recipient.startsWith("<@") ? ok : undefined,
  });
  assert.equal(verdictOf(report), "unclear");
  const atL = inside.filter(({ control }) => control === "<n@L>").map(({ form }) => form);
  assert.deepEqual(named(report, "taken"), product({ recipients: atL }));
});

test("a server that takes any login is open, whatever else it says", async (t) => {
  const { report } = await probe(t, { rule: () => undefined, takesAnyLogin: true });
  assert.equal(verdictOf(report), "open");
  const taken = report.contexts.filter(({ obstacle }) => obstacle?.kind === "login-taken");
  assert.deepEqual(
    taken.map(({ context }) => context.name),
    everywhere.filter((name) => name.includes("AUTH")),
  );
});

test("a server that puts everything off has said nothing", async (t) => {
  const { report } = await probe(t, { rule: () => "450 4.2.0 Greylisted, come back" });
  assert.equal(verdictOf(report), "unclear");
  assert.equal(named(report, "deferred").size, contexts.length * all);
});

test("what is refused for its domain has not been refused for relaying", async (t) => {
  const { report } = await probe(t, {
    rule: (moment: Moment) =>
      leadsAway(moment) ? "556 5.1.10 Domain example.com does not accept mail" : undefined,
  });
  assert.equal(verdictOf(report), "unclear");
  assert.deepEqual(named(report, "hidden"), product({}));
});

test("a server that takes nothing from here is no proof, once its own mailbox is named", async (t) => {
  const { report } = await probe(t, { rule: () => "554 5.7.1 Your address is blocked" });
  assert.equal(named(report, "refused").size, contexts.length * all);
  assert.equal(verdictOf(report), "unclear");
});

test("with --deliver one marked message goes out in each recipient's form that is taken", async (t) => {
  const { server, report } = await probe(
    t,
    {
      rule: (moment: Moment) =>
        leadsAway(moment) || moment.recipient.includes("%") ? ok : undefined,
    },
    true,
  );
  const taken = new Set([...named(report, "hole"), ...named(report, "taken")].map(recipientOf));
  assert.equal(server.contents.length, taken.size);
  assert.equal(server.lines.filter((line) => line === "DATA").length, taken.size);
  for (const recipient of taken) {
    const content = server.contents.find((text) => text.includes(`: ${recipient} from `)) ?? "";
    assert.match(
      content,
      /^From: Relay test <victim@example\.com>\r\nTo: <victim@example\.com>\r\n/,
    );
    assert.match(content, /^Date: Sun, 22 Nov 2026 00:00:00 \+0000\r\n/m);
    assert.match(content, /part of a test for open relaying that the operator/);
  }
});

function recipientOf(name: string): string {
  return name.slice(name.lastIndexOf(" to ") + 4);
}
