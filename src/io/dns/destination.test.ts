import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type DnsZone, startDns } from "../../../test/support/dns.ts";
import { findDestination } from "./destination.ts";
import { createResolver } from "./resolver.ts";

async function find(context: TestContext, zone: DnsZone) {
  const dns = await startDns(zone);
  const limits = { timeout: 250, tries: 1, concurrency: 8 };
  const resolver = createResolver({ servers: [dns.endpoint], now: () => 0, ...limits });
  context.after(async () => {
    resolver.close();
    await dns.close();
  });
  return findDestination(resolver, "example.test", {
    ownNames: new Set(["mail.ours.test"]),
    ownAddresses: new Set(["192.0.2.99"]),
    random: () => 0,
  });
}

test("hosts come with their addresses, best first", async (context) => {
  const route = await find(context, {
    "example.test": {
      MX: [
        [20, "b.test"],
        [10, "a.test"],
        [15, "gone.test"],
      ],
    },
    "a.test": { A: ["192.0.2.1", "192.0.2.2"], AAAA: ["2001:db8::1"] },
    "b.test": { A: ["192.0.2.3"] },
  });
  assert.equal(route.kind, "hosts");
  const [first, second, ...none] = route.hosts;
  assert.equal(first?.name, "a.test");
  assert.equal(first.addresses[0], "2001:db8::1");
  assert.deepEqual(first.addresses.toSorted(), ["192.0.2.1", "192.0.2.2", "2001:db8::1"]);
  assert.deepEqual(second, { preference: 20, name: "b.test", addresses: ["192.0.2.3"] });
  assert.deepEqual(none, []);
});

test("a domain without MX records is its own host", async (context) => {
  const route = await find(context, { "example.test": { A: ["192.0.2.7"] } });
  const hosts = [{ preference: 0, name: "example.test", addresses: ["192.0.2.7"] }];
  assert.deepEqual(route, { kind: "hosts", hosts });
});

const failures: readonly {
  readonly name: string;
  readonly status: string;
  readonly zone: DnsZone;
}[] = [
  { name: "no such domain", status: "5.1.2", zone: {} },
  { name: "a null MX", status: "5.1.10", zone: { "example.test": { MX: [[0, "."]] } } },
  { name: "neither MX nor address", status: "5.4.4", zone: { "example.test": { TXT: ["-"] } } },
  {
    name: "an MX host that is not there",
    status: "5.4.4",
    zone: { "example.test": { MX: [[1, "a.test"]] } },
  },
  {
    name: "a failing DNS server",
    status: "4.4.3",
    zone: { "example.test": { fault: "SERVFAIL" } },
  },
  {
    name: "our own name",
    status: "5.4.6",
    zone: { "example.test": { MX: [[1, "mail.ours.test"]] } },
  },
  {
    name: "our own address under another name",
    status: "5.4.6",
    zone: { "example.test": { MX: [[1, "a.test"]] }, "a.test": { A: ["192.0.2.99"] } },
  },
  {
    name: "an MX host whose address is unknown for now",
    status: "4.4.3",
    zone: { "example.test": { MX: [[1, "a.test"]] }, "a.test": { fault: "SERVFAIL" } },
  },
];

for (const { name, status, zone } of failures) {
  test(`no route: ${name} is ${status}`, async (context) => {
    const route = await find(context, zone);
    assert.equal(route.kind === "no-route" && route.status, status);
  });
}
