import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOfKey, catchAllKey, mailboxKeys } from "./mailbox-keys.ts";

test("an address is somebody's by itself, then without its detail, then by whoever takes the rest", () => {
  assert.deepEqual(mailboxKeys({ local: "Ann", domain: "a.example" }), [
    "ann@a.example",
    "@a.example",
  ]);
  assert.deepEqual(mailboxKeys({ local: "ann+List+x", domain: "a.example" }), [
    "ann+list+x@a.example",
    "ann@a.example",
    "@a.example",
  ]);
});

test("a plus in front, in a domain or alone is no detail of anybody", () => {
  for (const local of ["+", "+x", "x"]) {
    assert.equal(mailboxKeys({ local, domain: "a.example" }).length, 2, local);
  }
  assert.deepEqual(mailboxKeys({ local: "a+@b", domain: "a.example" }), [
    "a+@b@a.example",
    "a@a.example",
    "@a.example",
  ]);
});

test("an address is found again in its key, whatever its local part", () => {
  assert.deepEqual(addressOfKey("ann@a.example"), { local: "ann", domain: "a.example" });
  assert.deepEqual(addressOfKey("a@b@a.example"), { local: "a@b", domain: "a.example" });
  assert.equal(catchAllKey("a.example"), "@a.example");
});
