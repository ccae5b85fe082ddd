import assert from "node:assert/strict";
import test from "node:test";
import type { AccountAddress } from "./address-store.ts";
import { scratchStore } from "./fixture.test.ts";

const ann = {
  address: { local: "Ann", domain: "b.example" },
  credentials: { password: "$x$1", scram: { sha256: "s2", sha1: "s1" } },
  disabled: false,
  createdAt: 7,
};
const bob = {
  address: { local: "bob", domain: "a.example" },
  credentials: null,
  disabled: true,
  createdAt: 8,
};

function alias(key: string, account: string): AccountAddress {
  return { key, account, kind: "alias" };
}

test("accounts are added once, found by key, listed by domain", async (t) => {
  const { accounts } = await scratchStore(t);
  assert.equal(await accounts.add(ann), "added");
  assert.equal(await accounts.add(bob), "added");
  const again = { ...ann, address: { local: "ANN", domain: "b.example" }, credentials: null };
  assert.equal(await accounts.add(again), "exists");
  assert.deepEqual(await accounts.find("ann@b.example"), ann);
  assert.equal(await accounts.find("nobody@b.example"), undefined);
  assert.deepEqual(await accounts.list(), [bob, ann]);
  assert.deepEqual(await accounts.list("b.example"), [ann]);
});

test("accounts are found by a part of their address, and told page by page", async (t) => {
  const { accounts } = await scratchStore(t);
  const odd = { ...bob, address: { local: "50%_off", domain: "b.example" }, disabled: false };
  for (const account of [ann, bob, odd]) await accounts.add(account);
  const all = { limit: 10, offset: 0 };
  assert.deepEqual(await accounts.page({}, all), { accounts: [odd, ann, bob], total: 3 });
  assert.deepEqual(await accounts.page({}, { limit: 1, offset: 1 }), { accounts: [ann], total: 3 });
  assert.deepEqual(await accounts.page({}, { limit: 1, offset: 9 }), { accounts: [], total: 3 });
  assert.deepEqual(await accounts.page({ text: "NN@B" }, all), { accounts: [ann], total: 1 });
  assert.deepEqual(await accounts.page({ text: "%_" }, all), { accounts: [odd], total: 1 });
  assert.deepEqual(await accounts.page({ text: "%", domain: "a.example" }, all), {
    accounts: [],
    total: 0,
  });
  assert.deepEqual(await accounts.page({ domain: "a.example" }, all), {
    accounts: [bob],
    total: 1,
  });
  assert.deepEqual(await accounts.page({ disabled: true }, all), { accounts: [bob], total: 1 });
  const keys = ["ann@b.example", "nobody@b.example"];
  assert.deepEqual(await accounts.page({ keys }, all), { accounts: [ann], total: 1 });
  assert.deepEqual(await accounts.page({ keys: [] }, all), { accounts: [], total: 0 });
});

test("a password is set and an account removed only where there is one", async (t) => {
  const { accounts } = await scratchStore(t);
  await accounts.add(bob);
  assert.equal(await accounts.setCredentials("bob@a.example", { password: "$x$3" }), true);
  assert.deepEqual((await accounts.find("bob@a.example"))?.credentials, { password: "$x$3" });
  assert.equal(await accounts.setCredentials("ann@a.example", null), false);
  assert.equal(await accounts.remove("bob@a.example"), true);
  assert.equal(await accounts.remove("bob@a.example"), false);
  assert.deepEqual(await accounts.list(), []);
});

test("a first password is set where there is none, and never over another", async (t) => {
  const { accounts } = await scratchStore(t);
  await accounts.add(bob);
  const first = { password: "$x$1" };
  assert.equal(await accounts.setFirstCredentials("bob@a.example", first), true);
  assert.equal(await accounts.setFirstCredentials("bob@a.example", { password: "$x$2" }), false);
  assert.deepEqual((await accounts.find("bob@a.example"))?.credentials, first);
  assert.equal(await accounts.setFirstCredentials("ann@b.example", first), false);
});

test("a domain stays while it has accounts", async (t) => {
  const { accounts, domains } = await scratchStore(t);
  assert.equal(await domains.add({ name: "b.example", createdAt: 2, sendOnly: false }), "added");
  assert.equal(await domains.add({ name: "a.example", createdAt: 1, sendOnly: true }), "added");
  assert.equal(await domains.add({ name: "a.example", createdAt: 3, sendOnly: false }), "exists");
  assert.deepEqual(await domains.list(), [
    { name: "a.example", createdAt: 1, sendOnly: true },
    { name: "b.example", createdAt: 2, sendOnly: false },
  ]);
  await accounts.add(bob);
  assert.equal(await domains.remove("a.example"), "in-use");
  assert.equal(await domains.remove("b.example"), "removed");
  assert.equal(await domains.remove("b.example"), "missing");
  await accounts.remove("bob@a.example");
  assert.equal(await domains.remove("a.example"), "removed");
});

test("an account can be closed to logins and opened again", async (t) => {
  const { accounts } = await scratchStore(t);
  await accounts.add(ann);
  assert.equal(await accounts.setDisabled("ann@b.example", true), true);
  assert.equal((await accounts.find("ann@b.example"))?.disabled, true);
  assert.equal(await accounts.setDisabled("ann@b.example", false), true);
  assert.deepEqual(await accounts.find("ann@b.example"), ann);
  assert.equal(await accounts.setDisabled("bob@a.example", true), false);
});

test("an alias leads to its account, an account comes before an alias, and the first key that is known counts", async (t) => {
  const { accounts, addresses } = await scratchStore(t);
  await accounts.add(ann);
  await accounts.add(bob);
  assert.equal(await addresses.add(alias("info@b.example", "ann@b.example")), "added");
  assert.equal(await addresses.add(alias("info@b.example", "ann@b.example")), "exists");
  assert.equal(await addresses.add(alias("info@b.example", "bob@a.example")), "taken");
  assert.equal(await addresses.add(alias("ann@b.example", "bob@a.example")), "taken");
  assert.equal(await addresses.add(alias("@b.example", "bob@a.example")), "added");
  assert.deepEqual(await addresses.holderOf(["info@b.example", "@b.example"]), {
    kind: "account",
    account: "ann@b.example",
  });
  assert.deepEqual(await addresses.holderOf(["ann@b.example", "@b.example"]), {
    kind: "account",
    account: "ann@b.example",
  });
  assert.deepEqual(await addresses.holderOf(["x@b.example", "@b.example"]), {
    kind: "account",
    account: "bob@a.example",
  });
  assert.equal(await addresses.holderOf(["x@c.example", "@c.example"]), undefined);
});

test("an account sends as itself, by alias, and as what it was given; and as nobody else", async (t) => {
  const { accounts, addresses } = await scratchStore(t);
  await accounts.add(ann);
  await accounts.add(bob);
  await addresses.add({ key: "info@b.example", account: "ann@b.example", kind: "alias" });
  await addresses.add({ key: "team@b.example", account: "ann@b.example", kind: "send-as" });
  await addresses.add({ key: "team@b.example", account: "bob@a.example", kind: "send-as" });
  for (const key of ["ann@b.example", "info@b.example", "team@b.example"]) {
    assert.equal(await addresses.maySendAs("ann@b.example", [key]), true, key);
  }
  assert.equal(await addresses.maySendAs("bob@a.example", ["team@b.example"]), true);
  assert.equal(await addresses.maySendAs("bob@a.example", ["info@b.example"]), false);
  assert.equal(await addresses.maySendAs("bob@a.example", ["x@b.example", "@b.example"]), false);
  assert.equal(await addresses.holderOf(["team@b.example"]), undefined);
});

test("an app password is found by its digest until it is taken away", async (t) => {
  const { accounts, appPasswords } = await scratchStore(t);
  await accounts.add(ann);
  const printer = {
    id: "p1",
    account: "ann@b.example",
    name: "printer",
    scope: "send",
    createdAt: 9,
  } as const;
  assert.equal(await appPasswords.add(printer, "d1"), "added");
  assert.equal(await appPasswords.add({ ...printer, id: "p2" }, "d2"), "exists");
  assert.deepEqual(await appPasswords.find("d1"), printer);
  await appPasswords.used("p1", 12, "192.0.2.7");
  assert.deepEqual(await appPasswords.list("ann@b.example"), [
    { ...printer, lastUsed: 12, lastClient: "192.0.2.7" },
  ]);
  assert.equal(await appPasswords.remove("p1"), true);
  assert.equal(await appPasswords.remove("p1"), false);
  assert.equal(await appPasswords.find("d1"), undefined);
});

test("with an account go its addresses and app passwords", async (t) => {
  const { accounts, addresses, appPasswords } = await scratchStore(t);
  await accounts.add(ann);
  await addresses.add({ key: "info@b.example", account: "ann@b.example", kind: "alias" });
  const printer = { id: "p1", account: "ann@b.example", name: "printer", scope: "send" } as const;
  await appPasswords.add({ ...printer, createdAt: 9 }, "d1");
  await accounts.remove("ann@b.example");
  assert.deepEqual(await addresses.list(), []);
  assert.deepEqual(await appPasswords.list(), []);
});

test("of many accounts all are added, with their aliases, or none", async (t) => {
  const { accounts, addresses } = await scratchStore(t);
  const many = [
    { ...ann, aliases: ["info@b.example", "@b.example"] },
    { ...bob, aliases: [] },
  ];
  assert.equal(await accounts.addAll(many), "added");
  assert.deepEqual(await accounts.list(), [bob, ann]);
  assert.deepEqual(
    [...(await addresses.holders(["info@b.example", "x@b.example", "bob@a.example"]))],
    [
      ["bob@a.example", { kind: "account", account: "bob@a.example" }],
      ["info@b.example", { kind: "account", account: "ann@b.example" }],
    ],
  );
  const eve = { ...bob, address: { local: "eve", domain: "a.example" }, aliases: [] };
  assert.equal(await accounts.addAll([eve, { ...bob, aliases: [] }]), "exists");
  assert.equal(await accounts.find("eve@a.example"), undefined);
});

test("the holders of more keys than one statement takes are found", async (t) => {
  const { accounts, addresses } = await scratchStore(t);
  await accounts.add(ann);
  const keys = Array.from({ length: 1200 }, (_, index) => `u${index}@b.example`);
  assert.deepEqual(
    [...(await addresses.holders([...keys, "ann@b.example"])).keys()],
    ["ann@b.example"],
  );
  assert.equal((await addresses.holders([])).size, 0);
});
