// Blocklists on a DNS server that does as it is told: healthy, slow, silent, lying. The clock is the
// test's; answers travel over real sockets.

import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import {
  type DnsRecords,
  type DnsServer,
  type DnsZone,
  startDns,
} from "../../../test/support/dns.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import { readCodeRange, usualCodes } from "../../core/blocklist/codes.ts";
import type { BlocklistSettings } from "../../core/config/settings.ts";
import { type IpAddress, parseIp } from "../../core/mail/ip.ts";
import { type Blocklists, createBlocklists } from "./blocklists.ts";

const minute = 60_000;
const hour = 60 * minute;

interface World {
  readonly dns: DnsServer;
  readonly blocklists: Blocklists;
  /** UTC and monotonic alike. */
  readonly clock: { ms: number };
  readonly logged: readonly string[];
  /** What a client hears, as the policy would. */
  readonly ask: (client: string) => Promise<string>;
}

interface Options {
  readonly lists?: readonly Partial<BlocklistSettings>[];
  readonly threshold?: number;
  readonly timeout?: number;
}

/** A zone in order that lists 192.0.2.9 and 2001:db8::9, with a reason. */
function healthy(zone: string, more: DnsZone = {}): DnsZone {
  const point = "0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0";
  const six = "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2";
  const listing = { A: ["127.0.0.2"], TXT: [`listed by ${zone}`] };
  return {
    [`2.0.0.127.${zone}`]: listing,
    [`2.${point}.${zone}`]: listing,
    [`9.2.0.192.${zone}`]: listing,
    [`${six}.${zone}`]: listing,
    ...more,
  };
}

async function setUp(context: TestContext, zone: DnsZone, options: Options = {}): Promise<World> {
  const { lists = [{}], threshold = 1, timeout = 1500 } = options;
  const dns = await startDns(zone);
  const clock = { ms: 0 };
  const logged: string[] = [];
  const note = (_: object, text: string) => void logged.push(text);
  const blocklists = createBlocklists({
    settings: { lists: lists.map(settingsOf), threshold, timeout },
    servers: [dns.endpoint],
    clock: { now: () => clock.ms, elapsed: () => clock.ms },
    log: { info: note, warn: note, error: note },
  });
  context.after(async () => {
    blocklists.close();
    await dns.close();
  });
  return {
    dns,
    blocklists,
    clock,
    logged,
    ask: async (client) => {
      const fact = await blocklists.inquire(ip(client)).verdict();
      if (!fact.known) return `unknown: ${fact.why}`;
      const { value } = fact;
      return value.listed ? `${value.list}: ${value.text ?? "no reason"}` : "not listed";
    },
  };
}

function settingsOf(given: Partial<BlocklistSettings>): BlocklistSettings {
  const usual = { zone: "l.test", score: 1, codes: codes(usualCodes), fail: "open" } as const;
  return { ...usual, ipv6: false, ...given };
}

function codes(text: string): BlocklistSettings["codes"] {
  const range = readCodeRange(text);
  return range.ok ? [range.value] : assert.fail(range.problem);
}

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

function setAside({ blocklists }: World): boolean {
  return blocklists.report().every(({ health }) => health.state === "set-aside");
}

const listed = "192.0.2.9";
const clean = "192.0.2.10";

test("a client that is listed, and one that is not", async (context) => {
  const { ask, blocklists, dns } = await setUp(context, healthy("l.test"));
  assert.equal(await ask(listed), "l.test: listed by l.test");
  assert.equal(await ask(clean), "not listed");
  assert.equal(await ask("::ffff:192.0.2.9"), "l.test: listed by l.test");
  const [report] = blocklists.report();
  assert.partialDeepStrictEqual(report, {
    zone: "l.test",
    family: "IPv4",
    health: { state: "healthy", since: 0 },
    questions: 4,
    remembered: 1,
    listed: 2,
    lastTest: 0,
  });
  assert.equal(dns.queries.filter((query) => query.startsWith("TXT")).length, 1);
});

test("reasons are asked for only where there is a refusal to explain", async (context) => {
  const { blocklists, dns } = await setUp(context, healthy("l.test"));
  const inquiry = blocklists.inquire(ip(listed));
  await waitUntil("the answers are there", () => dns.queries.length === 3);
  await blocklists.test();
  assert.ok(!dns.queries.some((query) => query.startsWith("TXT")));
  const [first, second] = await Promise.all([inquiry.verdict(), inquiry.verdict()]);
  assert.equal(first, second);
  assert.equal(inquiry.verdict(), first, "at once when it is known");
});

test("a reason that does not come in time is left out", async (context) => {
  const { ask } = await setUp(
    context,
    healthy("l.test", {
      "9.2.0.192.l.test": {
        A: ["127.0.0.2"],
        // A first octet behind which there is no text says which of the two questions this is.
        twist: (honest) => (honest.readUInt16BE(6) === 0 ? [] : [honest]),
      },
    }),
    { timeout: 400 },
  );
  assert.equal(await ask(listed), "l.test: no reason");
});

test("all lists are asked before the first has answered", async (context) => {
  const zones = Array.from({ length: 10 }, (_, index) => `l${index}.test`);
  const all = Promise.withResolvers<void>();
  const asked = new Set<string>();
  const held = (name: string): DnsRecords => ({
    async twist(honest) {
      asked.add(name);
      if (asked.size === zones.length) all.resolve();
      await all.promise;
      return [honest];
    },
  });
  const names = zones.map((zone) => `10.2.0.192.${zone}`);
  const { ask } = await setUp(
    context,
    Object.assign(
      {},
      ...zones.map((zone) => healthy(zone)),
      ...names.map((name) => ({ [name]: held(name) })),
    ),
    { lists: zones.map((zone) => ({ zone })), timeout: 20_000 },
  );
  assert.equal(await ask(clean), "not listed");
});

test("a list that decides is enough: the others may be slow", async (context) => {
  const { ask } = await setUp(
    context,
    { ...healthy("l.test"), "*.slow.test": { fault: "silence" } },
    { lists: [{}, { zone: "slow.test" }], timeout: 20_000 },
  );
  const begun = performance.now();
  assert.equal(await ask(listed), "l.test: listed by l.test");
  assert.ok(performance.now() - begun < 15_000);
});

test("entries for different codes of one zone share its answers", async (context) => {
  const { ask, dns } = await setUp(
    context,
    healthy("l.test", { "9.2.0.192.l.test": { A: ["127.0.0.4", "127.0.0.10"] } }),
    {
      lists: [{ codes: codes("127.0.0.4-127.0.0.7"), score: 2 }, { codes: codes("127.0.0.10") }],
      threshold: 3,
    },
  );
  assert.equal(await ask(listed), "l.test: no reason");
  assert.equal(dns.queries.filter((query) => query === "A 9.2.0.192.l.test").length, 1);
});

test("scores add up, and an allow list takes away", async (context) => {
  const both = { A: ["127.0.0.2"] };
  const { ask } = await setUp(
    context,
    {
      ...healthy("a.test", { "11.2.0.192.a.test": both, "12.2.0.192.a.test": both }),
      ...healthy("b.test", { "11.2.0.192.b.test": both }),
      ...healthy("good.test", { "9.2.0.192.good.test": {}, "11.2.0.192.good.test": both }),
    },
    {
      lists: [{ zone: "a.test" }, { zone: "b.test" }, { zone: "good.test", score: -1 }],
      threshold: 2,
    },
  );
  assert.equal(await ask(listed), "a.test: listed by a.test");
  assert.equal(await ask("192.0.2.11"), "not listed", "the allow list takes one away");
  assert.equal(await ask("192.0.2.12"), "not listed", "one is not enough");
});

test("IPv6 clients are asked for where the list knows them", async (context) => {
  const six = "2001:db8::9";
  const { ask, blocklists, logged } = await setUp(
    context,
    { ...healthy("l.test"), "2.0.0.127.v4.test": { A: ["127.0.0.2"] } },
    { lists: [{ ipv6: true }, { zone: "v4.test", ipv6: true }, { zone: "never.test" }] },
  );
  assert.equal(await ask(six), "l.test: listed by l.test");
  assert.equal(await ask("2001:db8::a"), "not listed");
  await blocklists.test();
  const states = blocklists
    .report()
    .map(({ zone, family, health }) => [zone, family, health.state]);
  assert.deepEqual(states, [
    ["l.test", "IPv4", "healthy"],
    ["v4.test", "IPv4", "healthy"],
    ["never.test", "IPv4", "set-aside"],
    ["l.test", "IPv6", "healthy"],
    ["v4.test", "IPv6", "set-aside"],
  ]);
  assert.ok(logged.some((text) => text.startsWith("the blocklist v4.test is set aside for IPv6")));
});

describe("a list that cannot be believed never lists anybody", () => {
  const thousand = { A: Array.from({ length: 1000 }, (_, n) => `127.1.${n >> 8}.${n & 255}`) };
  const cases: Readonly<Record<string, DnsZone>> = {
    "it lists the world": { "*.l.test": { A: ["127.0.0.2"] } },
    "it refuses the question": { "*.l.test": { A: ["127.255.255.254"] } },
    "its domain was sold": { "*.l.test": { A: ["203.0.113.7"] } },
    "it is empty": {},
    "it answers a thousand addresses": { "*.l.test": thousand },
    "its aliases go in circles": { "*.l.test": { CNAME: "9.2.0.192.l.test" } },
    "its servers fail": { "*.l.test": { fault: "SERVFAIL" } },
    "it is silent": { "*.l.test": { fault: "silence" } },
  };
  for (const [title, zone] of Object.entries(cases)) {
    test(title, async (context) => {
      const world = await setUp(context, zone, { timeout: 300 });
      assert.equal(await world.ask(listed), "not listed");
      assert.ok(setAside(world));
      assert.equal(world.logged.length, 1);
      assert.match(world.logged[0] ?? "", /^the blocklist l\.test is set aside for IPv4 clients: /);
    });
  }

  test("one answer out of order counts nothing, though the list is in order", async (context) => {
    const lies: DnsZone = {
      "9.2.0.192.l.test": { A: ["203.0.113.7"] },
      "10.2.0.192.l.test": { A: ["127.255.255.252"] },
      "11.2.0.192.l.test": thousand,
      "12.2.0.192.l.test": { CNAME: "12.2.0.192.l.test" },
    };
    const world = await setUp(context, healthy("l.test", lies));
    for (const last of [9, 10, 11, 12])
      assert.equal(await world.ask(`192.0.2.${last}`), "not listed");
    assert.ok(!setAside(world));
  });
});

describe("where no answer comes", () => {
  const silence: DnsZone = healthy("l.test", { "9.2.0.192.l.test": { fault: "silence" } });

  test("a list that fails open counts nothing", async (context) => {
    const { ask } = await setUp(context, silence, { timeout: 1000 });
    assert.equal(await ask(listed), "not listed");
  });

  test("a list that fails closed makes the verdict unknown", async (context) => {
    const { ask } = await setUp(context, silence, { lists: [{ fail: "closed" }], timeout: 1000 });
    assert.match(await ask(listed), /^unknown: l\.test: no .*answer/);
  });

  test("but only where it could decide", async (context) => {
    const { ask } = await setUp(
      context,
      { ...silence, ...healthy("m.test") },
      {
        lists: [{ fail: "closed" }, { zone: "m.test", score: 2 }],
        threshold: 2,
      },
    );
    assert.equal(await ask(listed), "m.test: listed by m.test");
  });

  test("a list that fails closed stays unknown while it is set aside, and nobody waits for it", async (context) => {
    const { ask, dns, blocklists } = await setUp(
      context,
      { "*.l.test": { A: ["127.0.0.2"] } },
      { lists: [{ fail: "closed" }], timeout: 10_000 },
    );
    await blocklists.test();
    const before = dns.queries.length;
    assert.equal(
      await ask(clean),
      "unknown: l.test: set aside, because it lists 127.0.0.1, as if it listed everybody",
    );
    assert.equal(dns.queries.length, before);
  });
});

describe("in the course of time", () => {
  test("each list is tested every hour", async (context) => {
    const { blocklists, clock, dns } = await setUp(context, healthy("l.test"));
    await blocklists.test();
    for (clock.ms of [minute, hour - 1]) blocklists.testDue();
    assert.equal(dns.queries.length, 2);
    clock.ms = hour;
    blocklists.testDue();
    await blocklists.test();
    assert.equal(dns.queries.length, 4);
  });

  test("down for an hour, then back", async (context) => {
    const world = await setUp(context, healthy("l.test"), { timeout: 1000 });
    const { ask, blocklists, clock, dns, logged } = world;
    assert.equal(await ask(listed), "l.test: listed by l.test");
    // An hour of silence begins: clients wait only until a test has shown it.
    dns.set("9.2.0.192.l.test", { fault: "silence" });
    dns.set("2.0.0.127.l.test", { fault: "silence" });
    clock.ms = 2 * minute;
    assert.equal(await ask(listed), "not listed");
    await waitUntil("the list is set aside", () => setAside(world));
    const before = dns.queries.length;
    for (let count = 0; count < 20; count++)
      assert.equal(await ask(`192.0.2.${20 + count}`), "not listed");
    assert.equal(dns.queries.length, before, "nobody asks it, so nobody waits");
    // Tests go on, with no result.
    for (clock.ms = 30 * minute; clock.ms <= 60 * minute; clock.ms += 30 * minute) {
      blocklists.testDue();
      await blocklists.test();
      assert.ok(setAside(world));
    }
    for (const [name, records] of Object.entries(healthy("l.test"))) dns.set(name, records);
    clock.ms += 5 * minute;
    blocklists.testDue();
    await waitUntil("the list is taken back", () => !setAside(world));
    assert.equal(await ask(listed), "l.test: listed by l.test");
    assert.deepEqual(
      logged.map((text) => text.replace(/:.*/, "")),
      [
        "the blocklist l.test is set aside for IPv4 clients",
        "the blocklist l.test is in order again for IPv4 clients",
      ],
    );
  });

  test("a list that begins to list the world is found out by its first listing", async (context) => {
    const world = await setUp(context, healthy("l.test"));
    const { ask, clock, dns } = world;
    assert.equal(await ask(clean), "not listed");
    dns.set("*.l.test", { A: ["127.0.0.2"] });
    clock.ms = 2 * minute;
    await ask(clean);
    await waitUntil("the list is set aside", () => setAside(world));
    assert.equal(await ask(clean), "not listed");
    // What it said meanwhile is forgotten.
    dns.set("*.l.test", { fault: "NXDOMAIN" });
    clock.ms += 5 * minute;
    await world.blocklists.test();
    assert.ok(!setAside(world));
    assert.equal(await ask(clean), "not listed");
  });
});
