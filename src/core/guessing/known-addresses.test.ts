import assert from "node:assert/strict";
import test from "node:test";
import { type IpAddress, parseIp } from "../mail/ip.ts";
import { knownFor, KnownAddresses } from "./known-addresses.ts";

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

test("a user is known where a login was good, for a month", () => {
  const known = new KnownAddresses();
  assert.equal(known.isKnown(ip("192.0.2.1"), "alice", 0), false);
  assert.ok(known.note(ip("192.0.2.1"), "alice", 0));
  assert.equal(known.isKnown(ip("192.0.2.1"), "alice", 0), true);
  assert.equal(known.isKnown(ip("192.0.2.1"), "bob", 0), false);
  assert.equal(known.isKnown(ip("192.0.2.2"), "alice", 0), false);
  assert.equal(known.hasResidents(ip("192.0.2.1")), true);
  assert.equal(known.isKnown(ip("192.0.2.1"), "alice", knownFor), false);
});

test("only what is new is worth keeping: once a day", () => {
  const known = new KnownAddresses();
  const keeps = [0, 1, 86_400_000, 86_400_001].map(
    (utc) => known.note(ip("2001:db8::1"), "alice", utc) !== undefined,
  );
  assert.deepEqual(keeps, [true, false, true, false]);
});

test("who owns one account and many addresses makes room among its own alone", () => {
  const known = new KnownAddresses();
  known.note(ip("192.0.2.1"), "alice", 0);
  for (let count = 0; count < 1000; count++) {
    known.note(ip(`198.51.${count >> 8}.${count & 255}`), "mallory", count);
  }
  assert.equal(known.size, 11);
  assert.equal(known.isKnown(ip("192.0.2.1"), "alice", 0), true);
  assert.equal(known.hasResidents(ip("198.51.0.0")), false);
});

test("what was kept is known again, the latest where there is too much", () => {
  const kept = Array.from({ length: 12 }, (_, index) => ({
    user: "alice",
    client: ip(`192.0.2.${index}`),
    lastGood: 12 - index,
  }));
  const known = new KnownAddresses(kept);
  assert.equal(known.isKnown(ip("192.0.2.0"), "alice", 20), true);
  assert.equal(known.isKnown(ip("192.0.2.11"), "alice", 20), false);
});

test("there is room for so many users", () => {
  const known = new KnownAddresses();
  for (let count = 0; count < 20_100; count++) known.note(ip("192.0.2.1"), `user${count}`, 0);
  assert.equal(known.size, 20_000);
  assert.equal(known.isKnown(ip("192.0.2.1"), "user0", 0), false);
});
