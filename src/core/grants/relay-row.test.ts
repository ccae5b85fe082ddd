import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatIp, ipv6FromOctets, parseIp } from "../mail/ip.ts";
import { canRoam, readRelayRow, writtenForms } from "./relay-row.ts";

const now = 1_764_150_000_000;
const fresh = "1764149000";

function read(
  address: string | null,
  timestamp: string | null = fresh,
  name: string | null = null,
) {
  const row = readRelayRow({ address, timestamp, name }, { width: 18, now });
  if (!row.ok) return row.problem;
  return [formatIp(row.value.client), row.value.timestamp, row.value.account ?? ""].join(" ");
}

test("addresses in all the forms in which they stand there", () => {
  assert.equal(read("192.0.2.9"), "192.0.2.9 1764149000 ");
  assert.equal(read("192.0.2.9         "), "192.0.2.9 1764149000 ");
  assert.equal(read("::ffff:192.0.2.9"), "192.0.2.9 1764149000 ");
  assert.equal(read("2001:DB8:0::9"), "2001:db8::9 1764149000 ");
});

test("what is no client is not taken for one", () => {
  for (const text of ["", "x", "192.0.2", "192.0.2.999", "0", "1.2.3.4.5", "012.1.1.1", "::g"]) {
    assert.equal(read(text), "no-address", text);
  }
  assert.equal(read(null), "no-address");
  for (const text of ["1.2.3.", "10.", "1.2.3.0/24", "2001:db8::/32", "1.2.3.4-9"]) {
    assert.equal(read(text), "prefix", text);
  }
  for (const text of ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "0.1.2.3", "224.0.0.1"]) {
    assert.equal(read(text), "not-a-client", text);
  }
  assert.equal(read("255.255.255.255"), "not-a-client");
  assert.equal(read("ff02::1"), "not-a-client");
});

test("an IPv6 address that fills its column may have been cut off", () => {
  const whole = "2001:db8::1:2:3456";
  assert.equal(whole.length, 18);
  assert.equal(read(whole), "cut-off");
  const wide = readRelayRow({ address: whole, timestamp: fresh, name: null }, { width: 39, now });
  assert.ok(wide.ok);
});

test("times that are none, of long ago, and of tomorrow", () => {
  for (const time of [null, "", "abc", "-5", "0", "1e9", "1764149000.5", "0x10", "9".repeat(16)]) {
    assert.equal(read("192.0.2.9", time), "no-time", String(time));
  }
  assert.equal(read("192.0.2.9", "1"), "192.0.2.9 1 ");
  assert.equal(read("192.0.2.9", " 1764149000 "), "192.0.2.9 1764149000 ");
  assert.equal(read("192.0.2.9", "1764236400"), "192.0.2.9 1764236400 ");
  assert.equal(read("192.0.2.9", "1764236401"), "future");
  assert.equal(read("192.0.2.9", "1764149000000"), "future");
});

test("a name counts where it is an address", () => {
  assert.equal(
    read("192.0.2.9", fresh, "Alice@Example.ORG  "),
    `192.0.2.9 ${fresh} alice@example.org`,
  );
  for (const name of ["alice", "", "alice@", "a b@example.org", "@example.org"]) {
    assert.equal(read("192.0.2.9", fresh, name), `192.0.2.9 ${fresh} `, name);
  }
});

test("every address is found by each of its forms", () => {
  const octet = fc.nat(255);
  const four = fc
    .array(octet, { minLength: 4, maxLength: 4 })
    .map((octets) => ({ version: 4, octets }) as const);
  const six = fc.array(fc.oneof(octet, fc.constant(0)), { minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(fc.oneof(four, six.map(ipv6FromOctets)), (client) => {
      for (const form of writtenForms(client)) assert.deepEqual(parseIp(form), client, form);
    }),
  );
  assert.ok(canRoam(parseIp("192.0.2.9") ?? assert.fail()));
});
