import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { type DnsServer, type DnsZone, startDns } from "../../../test/support/dns.ts";
import { createResolver, type Resolver } from "./resolver.ts";

interface Setup {
  readonly dns: DnsServer;
  readonly resolver: Resolver;
  /** What the resolver takes for the time; a test moves it. */
  readonly clock: { ms: number };
}

async function setUp(context: TestContext, zone: DnsZone, concurrency = 16): Promise<Setup> {
  const dns = await startDns(zone);
  const clock = { ms: 0 };
  const resolver = createResolver({
    servers: [dns.endpoint],
    now: () => clock.ms,
    timeout: 250,
    tries: 2,
    concurrency,
  });
  context.after(async () => {
    resolver.close();
    await dns.close();
  });
  return { dns, resolver, clock };
}

describe("MX records", () => {
  test("are read with their preferences, in lower case", async (context) => {
    const { resolver } = await setUp(context, {
      "example.test": {
        MX: [
          [10, "MX1.example.test"],
          [20, "mx2.example.test"],
        ],
      },
    });
    const answer = await resolver.mx("example.test");
    assert.equal(answer.kind, "records");
    assert.deepEqual(
      answer.records.toSorted((one, other) => one.preference - other.preference),
      [
        { preference: 10, exchange: "mx1.example.test" },
        { preference: 20, exchange: "mx2.example.test" },
      ],
    );
  });

  test("may say that the domain takes no mail", async (context) => {
    const { resolver } = await setUp(context, { "example.test": { MX: [[0, "."]] } });
    const records = [{ preference: 0, exchange: "" }];
    assert.deepEqual(await resolver.mx("example.test"), { kind: "records", records });
  });

  test("are looked for behind an alias", async (context) => {
    const { resolver } = await setUp(context, {
      "www.example.test": { CNAME: "example.test" },
      "example.test": { MX: [[5, "mx.example.test"]] },
    });
    const records = [{ preference: 5, exchange: "mx.example.test" }];
    assert.deepEqual(await resolver.mx("www.example.test"), { kind: "records", records });
  });

  test("no records and no domain are different answers", async (context) => {
    const { resolver } = await setUp(context, { "example.test": { A: ["192.0.2.1"] } });
    assert.deepEqual(await resolver.mx("example.test"), { kind: "none" });
    assert.deepEqual(await resolver.mx("other.test"), { kind: "no-such-domain" });
    assert.deepEqual(await resolver.mx("a..test"), { kind: "no-such-domain" });
  });

  for (const fault of ["SERVFAIL", "REFUSED", "silence"] as const) {
    test(`${fault} is unknown, and asked again`, async (context) => {
      const { dns, resolver } = await setUp(context, { "example.test": { fault } });
      assert.equal((await resolver.mx("example.test")).kind, "unknown");
      dns.set("example.test", { MX: [[1, "mx.example.test"]] });
      assert.equal((await resolver.mx("example.test")).kind, "records");
    });
  }

  test("a DNS server that is not running makes an unknown answer", async () => {
    const dns = await startDns({});
    await dns.close();
    const limits = { timeout: 250, tries: 1, concurrency: 1 };
    const resolver = createResolver({ servers: [dns.endpoint], now: () => 0, ...limits });
    assert.equal((await resolver.mx("example.test")).kind, "unknown");
  });

  test("closing ends the questions in flight", async (context) => {
    const { resolver } = await setUp(context, { "example.test": { fault: "silence" } });
    const answer = resolver.mx("example.test");
    resolver.close();
    const why = "the look-up was given up, because the server is stopping";
    assert.deepEqual(await answer, { kind: "unknown", why });
  });
});

describe("addresses", () => {
  test("of both families take turns", async (context) => {
    const { resolver } = await setUp(context, {
      "mx.test": { A: ["192.0.2.1"], AAAA: ["2001:DB8:0::1"] },
    });
    const addresses = ["2001:db8::1", "192.0.2.1"];
    assert.deepEqual(await resolver.addresses("mx.test"), { kind: "addresses", addresses });
  });

  test("of one family are enough", async (context) => {
    const { resolver } = await setUp(context, { "mx.test": { AAAA: ["2001:db8::1"] } });
    const addresses = ["2001:db8::1"];
    assert.deepEqual(await resolver.addresses("mx.test"), { kind: "addresses", addresses });
  });

  test("may be missing, with their host or without", async (context) => {
    const { resolver } = await setUp(context, { "mx.test": { TXT: ["no address"] } });
    assert.deepEqual(await resolver.addresses("mx.test"), { kind: "none" });
    assert.deepEqual(await resolver.addresses("gone.test"), { kind: "no-such-host" });
  });

  test("are unknown while the server fails", async (context) => {
    const { resolver } = await setUp(context, { "mx.test": { fault: "SERVFAIL" } });
    assert.equal((await resolver.addresses("mx.test")).kind, "unknown");
  });
});

describe("TXT records", () => {
  test("that would fill the memory are not remembered", async (context) => {
    const texts = Array.from({ length: 20 }, (_, at) => `${at}${"x".repeat(600)}`);
    const { dns, resolver } = await setUp(context, { "_a.test": { TXT: texts } });
    assert.deepEqual(await resolver.txt("_a.test"), { kind: "records", texts });
    const before = dns.queries.length;
    await resolver.txt("_a.test");
    assert.ok(dns.queries.length > before);
  });

  test("are joined from their strings", async (context) => {
    const long = `v=${"x".repeat(600)}`;
    const { resolver } = await setUp(context, { "_a.test": { TXT: [long, "other"] } });
    assert.deepEqual(await resolver.txt("_a.test"), { kind: "records", texts: [long, "other"] });
  });

  test("are none where their name has none, or is not there", async (context) => {
    const { dns, resolver } = await setUp(context, { "a.test": { A: ["192.0.2.1"] } });
    for (const name of ["a.test", "gone.test", "gone.test"]) {
      assert.deepEqual(await resolver.txt(name), { kind: "records", texts: [] });
    }
    assert.deepEqual(dns.queries, ["TXT a.test", "TXT gone.test"]);
  });

  test("are unknown while the server fails, and for half a minute", async (context) => {
    const { dns, resolver, clock } = await setUp(context, { "a.test": { fault: "SERVFAIL" } });
    assert.equal((await resolver.txt("a.test")).kind, "unknown");
    dns.set("a.test", { TXT: ["now"] });
    assert.equal((await resolver.txt("a.test")).kind, "unknown");
    clock.ms += 30_000;
    assert.deepEqual(await resolver.txt("a.test"), { kind: "records", texts: ["now"] });
  });
});

describe("memory", () => {
  test("MX records and absences are asked for once in a minute", async (context) => {
    const { dns, resolver, clock } = await setUp(context, { "a.test": { MX: [[1, "mx.a.test"]] } });
    for (clock.ms of [0, 59_999, 60_000]) {
      await resolver.mx("a.test");
      await resolver.mx("gone.test");
    }
    assert.deepEqual(dns.queries, ["MX a.test", "MX gone.test", "MX a.test", "MX gone.test"]);
  });

  test("addresses hold as long as their records say", async (context) => {
    const { dns, resolver, clock } = await setUp(context, {
      "mx.test": { A: ["192.0.2.1"], AAAA: ["2001:db8::1"], ttl: 5 },
    });
    for (clock.ms of [0, 4999, 5000]) await resolver.addresses("mx.test");
    assert.equal(dns.queries.length, 4);
  });

  test("addresses without a lifetime are asked for each time", async (context) => {
    const { dns, resolver } = await setUp(context, { "mx.test": { A: ["192.0.2.1"], ttl: 0 } });
    await resolver.addresses("mx.test");
    await resolver.addresses("mx.test");
    assert.equal(dns.queries.length, 4);
  });

  test("the same question in flight is asked once", async (context) => {
    const { dns, resolver } = await setUp(context, { "a.test": { MX: [[1, "mx.a.test"]] } });
    const answers = await Promise.all(Array.from({ length: 50 }, () => resolver.mx("a.test")));
    assert.ok(answers.every(({ kind }) => kind === "records"));
    assert.deepEqual(dns.queries, ["MX a.test"]);
  });

  test("more questions than places are all answered", async (context) => {
    const domains = Array.from({ length: 40 }, (_, index) => `d${index}.test`);
    const zone = Object.fromEntries(
      domains.map((domain) => [domain, { MX: [[1, `mx.${domain}`]] as const }]),
    );
    const { resolver } = await setUp(context, zone, 2);
    const answers = await Promise.all(domains.map((domain) => resolver.mx(domain)));
    for (const [index, answer] of answers.entries()) {
      const records = [{ preference: 1, exchange: `mx.d${index}.test` }];
      assert.deepEqual(answer, { kind: "records", records });
    }
  });
});
