import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import { type DnsZone, startDns } from "../../../test/support/dns.ts";
import { parseIp } from "../../core/mail/ip.ts";
import { createResolver } from "./resolver.ts";

const reversed = "7.2.0.192.in-addr.arpa";
const reversed6 = `7${".0".repeat(23)}.8.b.d.0.1.0.0.2.ip6.arpa`;

async function lookUp(context: TestContext, zone: DnsZone, client = "192.0.2.7") {
  const dns = await startDns(zone);
  const resolver = createResolver({
    servers: [dns.endpoint],
    now: () => 0,
    timeout: 200,
    tries: 1,
    concurrency: 4,
  });
  context.after(async () => {
    resolver.close();
    await dns.close();
  });
  const ask = () => resolver.verifiedName(parseIp(client)!);
  return { answer: await ask(), ask, dns };
}

suite("a client's verified name", () => {
  test("leads from the address to the name and back, in small letters", async (t) => {
    const { answer, ask, dns } = await lookUp(t, {
      [reversed]: { PTR: ["Mail.Example.net"] },
      "mail.example.net": { A: ["192.0.2.8", "192.0.2.7"] },
    });
    assert.deepEqual(answer, { kind: "name", name: "mail.example.net" });
    const asked = dns.queries.length;
    await ask();
    assert.equal(dns.queries.length, asked, "it is remembered");
  });

  test("of an IPv6 client is looked up the same way", async (t) => {
    const zone = { [reversed6]: { PTR: ["six.example.net"] } };
    const six = { "six.example.net": { AAAA: ["2001:db8::7"], A: ["192.0.2.7"] } };
    const { answer } = await lookUp(t, { ...zone, ...six }, "2001:db8::7");
    assert.deepEqual(answer, { kind: "name", name: "six.example.net" });
  });

  const none: readonly (readonly [what: string, zone: DnsZone])[] = [
    ["there is no name", {}],
    [
      "the name is another's",
      { [reversed]: { PTR: ["big.test"] }, "big.test": { A: ["192.0.2.1"] } },
    ],
    ["the name is not there", { [reversed]: { PTR: ["gone.test"] } }],
    [
      "the name has no address of the family",
      { [reversed]: { PTR: ["six.test"] }, "six.test": { AAAA: ["::1"] } },
    ],
    [
      "the name is an address",
      { [reversed]: { PTR: ["192.0.2.7"] }, "192.0.2.7": { A: ["192.0.2.7"] } },
    ],
    ["the name is none", { [reversed]: { PTR: ["a b.test"] }, "a b.test": { A: ["192.0.2.7"] } }],
    [
      "only the fifth of its names leads back",
      {
        [reversed]: { PTR: ["a.test", "b.test", "c.test", "d.test", "e.test"] },
        "e.test": { A: ["192.0.2.7"] },
      },
    ],
  ];
  for (const [what, zone] of none) {
    test(`is none where ${what}`, async (t) => {
      assert.deepEqual((await lookUp(t, zone)).answer, { kind: "none" });
    });
  }

  test("is the first that leads back", async (t) => {
    const { answer } = await lookUp(t, {
      [reversed]: { PTR: ["big.test", "own.test"] },
      "big.test": { A: ["192.0.2.1"] },
      "own.test": { A: Array.from({ length: 20 }, (_, last) => `192.0.2.${last}`) },
    });
    assert.deepEqual(answer, { kind: "name", name: "own.test" });
  });

  const unknown: readonly (readonly [what: string, zone: DnsZone])[] = [
    ["nobody answers", { [reversed]: { fault: "silence" } }],
    ["the server fails", { [reversed]: { fault: "SERVFAIL" } }],
    ["the way back fails", { [reversed]: { PTR: ["a.test"] }, "a.test": { fault: "SERVFAIL" } }],
  ];
  for (const [what, zone] of unknown) {
    test(`is unknown where ${what}, and is asked for again`, async (t) => {
      const { answer, ask, dns } = await lookUp(t, zone);
      assert.equal(answer.kind, "unknown");
      const asked = dns.queries.length;
      await ask();
      assert.ok(dns.queries.length > asked);
    });
  }
});
