import assert from "node:assert/strict";
import test from "node:test";
import { scratchPlace, scratchStore } from "./fixture.test.ts";

const info = { key: "info@a.example", keep: null, owner: null, membersOnly: false };
const x = { local: "X", domain: "x.example" };
const y = { local: "y", domain: "y.example" };

test("a forward grows, changes its rule, shrinks and goes", async (t) => {
  const { forwards } = await scratchStore(t);
  assert.equal(await forwards.find(info.key), undefined);
  await forwards.put(info, [y, x]);
  assert.deepEqual(await forwards.find(info.key), { ...info, targets: [x, y] });
  const closed = { ...info, owner: { local: "Boss", domain: "a.example" }, membersOnly: true };
  await forwards.put(closed, [{ local: "x", domain: "x.example" }]);
  assert.deepEqual(await forwards.find(info.key), { ...closed, targets: [x, y] });
  await forwards.put({ ...info, key: "@b.example", keep: "ann@a.example" }, [x]);
  assert.deepEqual(
    (await forwards.list()).map(({ key, targets }) => [key, targets.length]),
    [
      ["@b.example", 1],
      ["info@a.example", 2],
    ],
  );
  assert.equal(await forwards.removeTargets(info.key, ["y@y.example", "z@y.example"]), 1);
  assert.deepEqual((await forwards.find(info.key))?.targets, [x]);
  assert.equal(await forwards.remove(info.key), true);
  assert.equal(await forwards.remove(info.key), false);
  await forwards.put(info, []);
  assert.deepEqual((await forwards.find(info.key))?.targets, [], "no target of before is left");
});

test("many members find room", async (t) => {
  const { forwards } = await scratchStore(t);
  const members = Array.from({ length: 1_234 }, (_, at) => ({
    local: `m${at}`,
    domain: "m.example",
  }));
  await forwards.put(info, members);
  assert.equal((await forwards.find(info.key))?.targets.length, members.length);
});

test("a closed list takes mail from its members and its owner", async (t) => {
  const { forwards } = await scratchStore(t);
  const owner = { local: "Boss", domain: "a.example" };
  await forwards.put({ ...info, owner, membersOnly: true }, [x]);
  const admits = (sender: string | null) => forwards.admits(info.key, sender);
  assert.equal(await admits("x@x.example"), true);
  assert.equal(await admits("boss@a.example"), true);
  assert.equal(await admits("stranger@x.example"), false);
  assert.equal(await admits(null), false);
  await forwards.put(info, []);
  assert.equal(await admits("stranger@x.example"), true);
  assert.equal(await admits(null), true);
  assert.equal(await forwards.admits("nobody@a.example", "x@x.example"), false);
});

test("a forward comes before the account of its name, and before who takes the rest", async (t) => {
  const { accounts, addresses, forwards } = await scratchStore(t);
  const ann = { local: "ann", domain: "a.example" };
  await accounts.add({ address: ann, credentials: null, disabled: false, createdAt: 1 });
  await addresses.add({ key: "@a.example", account: "ann@a.example", kind: "alias" });
  const keys = ["info+x@a.example", "info@a.example", "@a.example"];
  const hers = { kind: "account", account: "ann@a.example" } as const;
  assert.deepEqual(await addresses.holderOf(keys), hers);
  assert.equal(await addresses.maySendAs("ann@a.example", keys), true);
  await forwards.put({ ...info, keep: "ann@a.example" }, [x]);
  assert.deepEqual(await addresses.holderOf(keys), { kind: "forward", key: info.key });
  assert.equal(await addresses.maySendAs("ann@a.example", keys), false);
  const alias = { key: info.key, account: "ann@a.example", kind: "alias" } as const;
  assert.equal(await addresses.add(alias), "taken");

  await forwards.put({ ...info, key: "ann@a.example" }, [x]);
  const own = { kind: "forward", key: "ann@a.example" } as const;
  assert.deepEqual(await addresses.holderOf(["ann@a.example"]), own);
  assert.equal(await addresses.maySendAs("ann@a.example", ["ann@a.example"]), true);
  assert.deepEqual(
    await addresses.holders([info.key, "ann@a.example", "none@a.example"]),
    new Map<string, unknown>([
      [info.key, { kind: "forward", key: info.key }],
      ["ann@a.example", own],
    ]),
  );
  const sales = { key: "sales@a.example", account: "ann@a.example", kind: "alias" } as const;
  assert.equal(await addresses.add(sales), "added");
  assert.equal(await addresses.add(sales), "exists");
  assert.deepEqual(await addresses.holderOf(["sales@a.example", "@a.example"]), own);
  assert.equal(await addresses.maySendAs("ann@a.example", ["sales@a.example"]), true);
  await accounts.remove("ann@a.example");
  assert.equal((await forwards.find(info.key))?.keep, null);
});

test("the first secret of a name is the one for all", async (t) => {
  const place = await scratchPlace(t);
  const first = await scratchStore(t, place);
  assert.equal(await first.secrets.settle("return-paths", "one"), "one");
  assert.equal(await first.secrets.settle("return-paths", "two"), "one");
  await first.close();
  const { secrets } = await scratchStore(t, place);
  assert.equal(await secrets.settle("return-paths", "three"), "one");
});
