import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { type DnsServer, type DnsZone, startDns } from "../../../test/support/dns.ts";
import { encodeName } from "../../../test/support/dns-wire.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import { type BlocklistResolver, createBlocklistResolver } from "./blocklist.ts";

interface Setup {
  readonly dns: DnsServer;
  readonly resolver: BlocklistResolver;
  readonly clock: { ms: number };
  readonly latencies: readonly number[];
}

interface Bounds {
  readonly timeout?: number;
  readonly concurrency?: number;
}

async function setUp(
  context: TestContext,
  zone: DnsZone,
  { timeout = 1500, concurrency = 100 }: Bounds = {},
): Promise<Setup> {
  const dns = await startDns(zone);
  const clock = { ms: 0 };
  const latencies: number[] = [];
  const resolver = createBlocklistResolver({
    servers: [dns.endpoint],
    now: () => clock.ms,
    timeout,
    concurrency,
    onAsked: (latency) => void latencies.push(latency),
  });
  context.after(async () => {
    resolver.close();
    await dns.close();
  });
  return { dns, resolver, clock, latencies };
}

const listed = { kind: "addresses", addresses: ["127.0.0.2"] };
const name = "2.0.0.127.list.test";
/** A DNS packet: the id in the first two octets, the question from the 13th on. */
const idAt = 0;
const questionAt = 12;

function changed(packet: Buffer, at: number): Buffer {
  const copy = Buffer.from(packet);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

describe("answers", () => {
  test("hold as long as they say", async (context) => {
    const { dns, resolver, clock } = await setUp(context, { [name]: { A: ["127.0.0.2"], ttl: 5 } });
    for (clock.ms of [0, 4999, 5000, 9999]) {
      assert.deepEqual(await resolver.addresses(name), listed);
    }
    assert.equal(dns.queries.length, 2);
  });

  test("for an hour at most, and until they are forgotten", async (context) => {
    const zone = { [name]: { A: ["127.0.0.2"], ttl: 2_000_000_000 } };
    const { dns, resolver, clock } = await setUp(context, zone);
    for (clock.ms of [0, 3_599_999, 3_600_000]) await resolver.addresses(name);
    assert.equal(dns.queries.length, 2);
    resolver.forget();
    await resolver.addresses(name);
    assert.equal(dns.queries.length, 3);
  });

  test("that a client is not listed holds for a minute", async (context) => {
    const { dns, resolver, clock } = await setUp(context, {});
    for (clock.ms of [0, 59_999, 60_000]) {
      assert.deepEqual(await resolver.addresses(name), { kind: "none" });
    }
    assert.equal(dns.queries.length, 2);
  });

  test("the same question in flight is asked once; a test point is always asked", async (context) => {
    const { dns, resolver, latencies } = await setUp(context, { [name]: { A: ["127.0.0.2"] } });
    await Promise.all(Array.from({ length: 50 }, () => resolver.addresses(name)));
    assert.equal(dns.queries.length, 1);
    await resolver.addressesNow(name);
    assert.equal(dns.queries.length, 2);
    assert.equal(latencies.length, 2);
  });

  test("too long for UDP come over TCP", async (context) => {
    const A = Array.from({ length: 1000 }, (_, index) => `127.1.${index >> 8}.${index & 255}`);
    const { dns, resolver } = await setUp(context, { [name]: { A } });
    const found = await resolver.addresses(name);
    assert.ok(found.kind === "addresses");
    assert.equal(found.addresses.length, 1000);
    await resolver.addresses(name);
    assert.equal(dns.queries.length, 4, "over UDP, then over TCP, and not remembered");
  });

  test("of wildcards and aliases are answers", async (context) => {
    const { resolver } = await setUp(context, {
      "*.list.test": { A: ["127.0.0.2"] },
      "9.0.0.127.alias.test": { CNAME: name },
    });
    assert.deepEqual(await resolver.addresses(name), listed);
    assert.deepEqual(await resolver.addresses("9.0.0.127.alias.test"), listed);
  });
});

describe("no answer", () => {
  test("in time: asked twice, and given up at the limit", async (context) => {
    const { dns, resolver } = await setUp(
      context,
      { [name]: { fault: "silence" } },
      { timeout: 300 },
    );
    const begun = performance.now();
    const found = await resolver.addresses(name);
    assert.deepEqual(found, { kind: "unknown", why: "no DNS server answered in time" });
    const took = performance.now() - begun;
    assert.ok(took >= 299 && took < 5000, `${took} ms`);
    assert.equal(dns.queries.length, 2);
  });

  test("to the first try, but to the second", async (context) => {
    let heard = 0;
    const { resolver } = await setUp(context, {
      [name]: { A: ["127.0.0.2"], twist: (honest) => (++heard === 1 ? [] : [honest]) },
    });
    assert.deepEqual(await resolver.addresses(name), listed);
  });

  test("until after the second try was sent, but to the first", async (context) => {
    let heard = 0;
    const late = Promise.withResolvers<void>();
    const { resolver } = await setUp(context, {
      [name]: {
        A: ["127.0.0.2"],
        async twist(honest) {
          if (++heard === 2) {
            late.resolve();
            return [];
          }
          await late.promise;
          return [honest];
        },
      },
    });
    assert.deepEqual(await resolver.addresses(name), listed);
  });

  for (const fault of ["SERVFAIL", "REFUSED"] as const) {
    test(`but ${fault}: not remembered`, async (context) => {
      const { dns, resolver } = await setUp(context, { [name]: { fault } });
      assert.equal((await resolver.addresses(name)).kind, "unknown");
      dns.set(name, { A: ["127.0.0.2"] });
      assert.deepEqual(await resolver.addresses(name), listed);
    });
  }

  test("where nobody listens", async (context) => {
    const { dns, resolver } = await setUp(context, {});
    await dns.close();
    dns.close = async () => {};
    const why = "no DNS server is running at the configured address";
    assert.deepEqual(await resolver.addresses(name), { kind: "unknown", why });
  });

  test("after closing", async (context) => {
    const { dns, resolver } = await setUp(context, { [name]: { fault: "silence" } });
    const answer = resolver.addresses(name);
    await waitUntil("the question is asked", () => dns.queries.length > 0);
    resolver.close();
    assert.equal((await answer).kind, "unknown");
  });

  test("from a crowd that waits for longer than the limit", async (context) => {
    const { dns, resolver, clock } = await setUp(
      context,
      { "*.list.test": { fault: "silence" } },
      { timeout: 200, concurrency: 1 },
    );
    const first = resolver.addresses("1.list.test");
    const second = resolver.addresses("2.list.test");
    clock.ms = 200;
    await first;
    assert.deepEqual(await second, { kind: "unknown", why: "too many questions at once" });
    assert.ok(dns.queries.every((query) => query === "A 1.list.test"));
  });
});

describe("lies", () => {
  const short = { timeout: 300 };

  test("an answer to another question is none", async (context) => {
    const record = { A: ["127.0.0.2"] };
    const { resolver } = await setUp(
      context,
      {
        "id.test": { ...record, twist: (honest) => [changed(honest, idAt)] },
        "name.test": { ...record, twist: (honest) => [changed(honest, questionAt + 1)] },
        "type.test": {
          ...record,
          twist: (honest) => [changed(honest, questionAt + encodeName("type.test").length + 1)],
        },
      },
      short,
    );
    for (const each of ["id.test", "name.test", "type.test"]) {
      assert.equal((await resolver.addresses(each)).kind, "unknown", each);
    }
  });

  test("the honest answer behind a hundred false ones counts", async (context) => {
    const { resolver } = await setUp(context, {
      [name]: {
        A: ["127.0.0.2"],
        twist: (honest) => [...Array.from({ length: 100 }, () => changed(honest, idAt)), honest],
      },
    });
    assert.deepEqual(await resolver.addresses(name), listed);
  });

  // c-ares looks at the question alone. Nothing is lost by it: whoever answers the right question
  // could have written the right name on the record, too.
  test("a record of another name below the right question is taken for the answer", async (context) => {
    const recordAt = questionAt + encodeName(name).length + 4;
    const { resolver } = await setUp(context, {
      [name]: { A: ["127.0.0.2"], twist: (honest) => [changed(honest, recordAt + 1)] },
    });
    assert.deepEqual(await resolver.addresses(name), listed);
  });

  test("aliases that go in circles end, without an address", async (context) => {
    const { resolver } = await setUp(context, {
      "a.test": { CNAME: "b.test" },
      "b.test": { CNAME: "a.test" },
      "self.test": { CNAME: "self.test" },
    });
    for (const each of ["a.test", "self.test"]) {
      const found = await resolver.addresses(each);
      assert.deepEqual(found, { kind: "addresses", addresses: [] }, each);
    }
  });

  test("an answer that is cut off anywhere is an answer to nothing", async (context) => {
    let length = 0;
    const { resolver } = await setUp(
      context,
      { [name]: { A: ["127.0.0.2"], twist: (honest) => [honest.subarray(0, length)] } },
      { timeout: 100 },
    );
    for (length = 0; length < 60; length++) {
      const found = await resolver.addressesNow(name);
      assert.equal(found.kind, "unknown", `${length} octets`);
    }
  });
});

describe("reasons", () => {
  test("are read from TXT records, tidied and remembered", async (context) => {
    const { dns, resolver } = await setUp(context, {
      [name]: { TXT: ["See https://list.test/why\r\n250 2.0.0 Ok\0"] },
    });
    const expected = "See https://list.test/why 250 2.0.0 Ok";
    assert.equal(await resolver.reason(name), expected);
    assert.equal(await resolver.reason(name), expected);
    assert.deepEqual(dns.queries, [`TXT ${name}`]);
  });

  test("may be missing", async (context) => {
    const { resolver } = await setUp(context, { "a.test": { fault: "SERVFAIL" } });
    assert.equal(await resolver.reason("a.test"), undefined);
    assert.equal(await resolver.reason("b.test"), undefined);
  });
});
