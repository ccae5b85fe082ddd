import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { suite, test, type TestContext } from "node:test";
import { type DnsServer, type DnsZone, startDns } from "../../../../test/support/dns.ts";
import type { Endpoint } from "../../../core/config/settings.ts";
import { createValidatedResolver, type ValidatedResolver } from "./resolver.ts";

interface Setup {
  readonly dns: DnsServer;
  readonly resolver: ValidatedResolver;
  /** What the resolver takes for the time; a test moves it. */
  readonly clock: { ms: number };
}

async function setUp(t: TestContext, zone: DnsZone, before: readonly Endpoint[] = []) {
  const dns = await startDns(zone);
  const clock = { ms: 0 };
  const resolver = createValidatedResolver({
    servers: [...before, dns.endpoint],
    now: () => clock.ms,
    timeout: 250,
    tries: 2,
    concurrency: 4,
  });
  t.after(async () => {
    resolver.close();
    await dns.close();
  });
  return { dns, resolver, clock } satisfies Setup;
}

const data = Uint8Array.of(1, 2, 3);
const signed = true;

suite("MX records", () => {
  test("come with what is known of their signatures", async (t) => {
    const { resolver } = await setUp(t, {
      "signed.test": { MX: [[10, "MX1.Signed.test"]], signed },
      "plain.test": { MX: [[10, "mx.plain.test"]] },
      "alias.test": { CNAME: "signed.test", signed },
      "doubtful.test": { CNAME: "signed.test" },
      "none.test": { signed },
      "null.test": { MX: [[0, "."]], signed },
    });
    const records = [{ preference: 10, exchange: "mx1.signed.test" }];
    const validation = { isSigned: true, canonical: "signed.test" };
    assert.deepEqual(await resolver.mx("signed.test"), { kind: "records", records, validation });
    assert.deepEqual(await resolver.mx("alias.test"), { kind: "records", records, validation });
    assert.deepEqual(await resolver.mx("doubtful.test"), {
      kind: "records",
      records,
      validation: { ...validation, isSigned: false },
    });
    const plain = await resolver.mx("plain.test");
    assert.ok(plain.kind === "records" && plain.validation?.isSigned === false);
    assert.deepEqual(await resolver.mx("none.test"), {
      kind: "none",
      validation: { isSigned: true, canonical: "none.test" },
    });
    assert.deepEqual(await resolver.mx("gone.test"), { kind: "no-such-domain" });
    const none = await resolver.mx("null.test");
    assert.ok(none.kind === "records" && none.records[0]?.exchange === "");
  });

  test("may name what is no host, and it does no harm", async (t) => {
    const { resolver } = await setUp(t, { "odd.test": { MX: [[1, "a\nb\u0000.test"]] } });
    const answer = await resolver.mx("odd.test");
    assert.ok(answer.kind === "records");
    assert.equal(answer.records[0]?.exchange, "a\\10b\\0.test");
    assert.deepEqual(await resolver.addresses("a\\10b\\0.test"), { kind: "no-such-host" });
  });

  for (const name of ["a..test", `${"a".repeat(64)}.test`, `${"abc.".repeat(70)}test`, ""]) {
    test(`are not asked for of ${JSON.stringify(name.slice(0, 20))}`, async (t) => {
      const { resolver, dns } = await setUp(t, {});
      assert.deepEqual(await resolver.mx(name), { kind: "no-such-domain" });
      assert.deepEqual(dns.queries, []);
    });
  }
});

suite("addresses", () => {
  test("of both families take turns; one that is not signed makes them so", async (t) => {
    const { resolver } = await setUp(t, {
      "both.test": { A: ["192.0.2.1", "192.0.2.2"], AAAA: ["2001:db8::1"], signed },
      "four.test": { A: ["192.0.2.1"], signed },
      "alias.test": { CNAME: "plain.test", signed },
      "plain.test": { A: ["192.0.2.3"] },
    });
    assert.deepEqual(await resolver.addresses("both.test"), {
      kind: "addresses",
      addresses: ["2001:db8::1", "192.0.2.1", "192.0.2.2"],
      validation: { isSigned: true, canonical: "both.test" },
    });
    const four = await resolver.addresses("four.test");
    assert.ok(four.kind === "addresses" && four.validation?.isSigned === true);
    assert.deepEqual(await resolver.addresses("alias.test"), {
      kind: "addresses",
      addresses: ["192.0.2.3"],
      validation: { isSigned: false, canonical: "plain.test" },
    });
    assert.deepEqual(await resolver.signedAlias("alias.test"), { ok: true, value: true });
    assert.deepEqual(await resolver.signedAlias("plain.test"), { ok: true, value: false });
    assert.deepEqual(await resolver.addresses("gone.test"), { kind: "no-such-host" });
  });

  test("whose aliases go round come to an end", async (t) => {
    const { resolver } = await setUp(t, {
      "one.test": { CNAME: "two.test" },
      "two.test": { CNAME: "one.test" },
    });
    assert.deepEqual(await resolver.addresses("one.test"), { kind: "none" });
  });
});

suite("TLSA records", () => {
  const name = "_25._tcp.mx.test";

  test("count where they are signed", async (t) => {
    const { resolver } = await setUp(t, {
      [name]: { TLSA: [[3, 1, 1, data]], signed },
      "_25._tcp.plain.test": { TLSA: [[3, 1, 1, data]] },
      "_25._tcp.empty.test": { signed },
      "_25._tcp.moved.test": { CNAME: name, signed },
      "_25._tcp.lost.test": { CNAME: name },
    });
    const records = [{ usage: 3, selector: 1, matching: 1, data: Buffer.from(data) }];
    assert.deepEqual(await resolver.tlsa(name), { kind: "records", records });
    assert.deepEqual(await resolver.tlsa("_25._tcp.moved.test"), { kind: "records", records });
    for (const none of ["plain", "empty", "lost", "gone"]) {
      assert.deepEqual(await resolver.tlsa(`_25._tcp.${none}.test`), { kind: "none" }, none);
    }
  });

  test("that do not fit into a packet come over TCP", async (t) => {
    const many = Array.from({ length: 20 }, (_, at) => [3, 1, 0, Buffer.alloc(200, at)] as const);
    const { resolver, dns } = await setUp(t, { [name]: { TLSA: many, signed } });
    const answer = await resolver.tlsa(name);
    assert.equal(answer.kind === "records" && answer.records.length, 20);
    assert.equal(dns.queries.length, 2);
    await resolver.tlsa(name);
    assert.equal(dns.queries.length, 2);
  });

  test("that are very many are not remembered", async (t) => {
    const many = Array.from({ length: 50 }, (_, at) => [3, 1, 0, Buffer.alloc(200, at)] as const);
    const { resolver, dns } = await setUp(t, { [name]: { TLSA: many, signed } });
    await resolver.tlsa(name);
    await resolver.tlsa(name);
    assert.equal(dns.queries.length, 4);
  });

  test("are remembered as long as they say, and are asked for once at a time", async (t) => {
    const { resolver, dns, clock } = await setUp(t, {
      [name]: { TLSA: [[3, 1, 1, data]], signed, ttl: 30 },
    });
    await Promise.all([resolver.tlsa(name), resolver.tlsa(name)]);
    clock.ms = 29_999;
    await resolver.tlsa(name);
    assert.equal(dns.queries.length, 1);
    clock.ms = 30_000;
    await resolver.tlsa(name);
    assert.equal(dns.queries.length, 2);
  });

  const faults = [
    ["SERVFAIL", /SERVFAIL/, 1],
    ["REFUSED", /REFUSED/, 1],
    ["silence", /did not answer in time/, 2],
  ] as const;
  for (const [fault, why, asked] of faults) {
    test(`are unknown after ${fault}, and asked for again`, async (t) => {
      const { resolver, dns } = await setUp(t, { [name]: { fault } });
      const answer = await resolver.tlsa(name);
      assert.match(answer.kind === "unknown" ? answer.why : "", why);
      assert.equal(dns.queries.length, asked);
      dns.set(name, { TLSA: [[3, 1, 1, data]], signed });
      assert.equal((await resolver.tlsa(name)).kind, "records");
    });
  }
});

/** What others may send before the honest answer comes. */
function noise(honest: Buffer): readonly Buffer[] {
  const otherId = Buffer.from(honest);
  otherId.writeUInt16BE(honest.readUInt16BE(0) ^ 1, 0);
  const otherName = Buffer.from(honest);
  otherName.write("b", 13, "latin1");
  const query = Buffer.from(honest);
  query.writeUInt8(0x01, 2);
  return [Buffer.alloc(0), otherId, otherName, query, honest.subarray(0, 20), honest];
}

suite("servers", () => {
  const zone: DnsZone = { "a.test": { A: ["192.0.2.1"], signed } };

  test("of which one fails, and one is not there, are asked in turn", async (t) => {
    const failing = await startDns({ "a.test": { fault: "SERVFAIL" } });
    t.after(() => failing.close());
    const gone = await startDns({});
    await gone.close();
    const { resolver } = await setUp(t, zone, [failing.endpoint, gone.endpoint]);
    assert.equal((await resolver.addresses("a.test")).kind, "addresses");
  });

  test("to which no way leads are passed over", async (t) => {
    // The system refuses to send there at once, as it does where a machine has lost its network.
    const { resolver } = await setUp(t, zone, [{ host: "255.255.255.255", port: 53 }]);
    assert.equal((await resolver.addresses("a.test")).kind, "addresses");
  });

  test("that know no EDNS are asked without, and are believed no signatures", async (t) => {
    const { resolver } = await setUp(t, { "a.test": { ...zone["a.test"], knowsNoEdns: true } });
    const answer = await resolver.addresses("a.test");
    assert.ok(answer.kind === "addresses" && answer.validation?.isSigned === false);
  });

  test("are heard through what others throw in", async (t) => {
    const { resolver } = await setUp(t, { "a.test": { ...zone["a.test"], twist: noise } });
    const answer = await resolver.addresses("a.test");
    assert.deepEqual(answer.kind === "addresses" && answer.addresses, ["192.0.2.1"]);
  });

  test("are asked with what they need to tell of signatures, by other ids and ports", async (t) => {
    const seen: { readonly packet: Buffer; readonly port: number }[] = [];
    const socket = createSocket("udp4").on("message", (packet, { port }) => {
      seen.push({ packet, port });
    });
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    t.after(() => socket.close());
    const { resolver } = await setUp(t, zone, [{ host: "127.0.0.1", port: socket.address().port }]);
    await Promise.all(["a.test", "b.test", "c.test"].map((name) => resolver.mx(name)));
    assert.ok(seen.length >= 3);
    for (const { packet } of seen) {
      assert.equal(packet.readUInt16BE(2), 0x0120, "RD and AD");
      const opt = packet.subarray(-11);
      assert.deepEqual([...opt.subarray(0, 5)], [0, 0, 41, 1232 >> 8, 1232 & 0xff]);
      assert.equal(opt.readUInt16BE(7), 0x8000, "DO");
    }
    assert.equal(new Set(seen.map(({ port }) => port)).size, seen.length);
    assert.ok(new Set(seen.map(({ packet }) => packet.readUInt16BE(0))).size > 1);
  });

  test("that are left alone when we stop give no answer", async (t) => {
    const { resolver } = await setUp(t, { "a.test": { fault: "silence" } });
    const asked = resolver.mx("a.test");
    resolver.close();
    const answer = await asked;
    assert.match(answer.kind === "unknown" ? answer.why : "", /stopping/);
  });
});
