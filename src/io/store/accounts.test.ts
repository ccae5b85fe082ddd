import assert from "node:assert/strict";
import test from "node:test";
import { scratchStore } from "./fixture.test.ts";

const ann = { address: { local: "Ann", domain: "b.example" }, password: "$x$1", createdAt: 7 };
const bob = { address: { local: "bob", domain: "a.example" }, password: null, createdAt: 8 };

test("accounts are added once, found by key, listed by domain", async (t) => {
  const { accounts } = await scratchStore(t);
  assert.equal(await accounts.add(ann), "added");
  assert.equal(await accounts.add(bob), "added");
  const again = { ...ann, address: { local: "ANN", domain: "b.example" }, password: "$x$2" };
  assert.equal(await accounts.add(again), "exists");
  assert.deepEqual(await accounts.find("ann@b.example"), ann);
  assert.equal(await accounts.find("nobody@b.example"), undefined);
  assert.deepEqual(await accounts.list(), [bob, ann]);
  assert.deepEqual(await accounts.list("b.example"), [ann]);
});

test("a password is set and an account removed only where there is one", async (t) => {
  const { accounts } = await scratchStore(t);
  await accounts.add(bob);
  assert.equal(await accounts.setPassword("bob@a.example", "$x$3"), true);
  assert.equal((await accounts.find("bob@a.example"))?.password, "$x$3");
  assert.equal(await accounts.setPassword("ann@a.example", "$x$3"), false);
  assert.equal(await accounts.remove("bob@a.example"), true);
  assert.equal(await accounts.remove("bob@a.example"), false);
  assert.deepEqual(await accounts.list(), []);
});

test("a domain stays while it has accounts", async (t) => {
  const { accounts, domains } = await scratchStore(t);
  assert.equal(await domains.add({ name: "b.example", createdAt: 2 }), "added");
  assert.equal(await domains.add({ name: "a.example", createdAt: 1 }), "added");
  assert.equal(await domains.add({ name: "a.example", createdAt: 3 }), "exists");
  assert.deepEqual(await domains.list(), [
    { name: "a.example", createdAt: 1 },
    { name: "b.example", createdAt: 2 },
  ]);
  await accounts.add(bob);
  assert.equal(await domains.remove("a.example"), "in-use");
  assert.equal(await domains.remove("b.example"), "removed");
  assert.equal(await domains.remove("b.example"), "missing");
  await accounts.remove("bob@a.example");
  assert.equal(await domains.remove("a.example"), "removed");
});
