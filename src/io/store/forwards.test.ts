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

test("forwards are found by their address and by whom they concern, and told in part", async (t) => {
  const { forwards } = await scratchStore(t);
  const z = { local: "z", domain: "z.example" };
  await forwards.put(info, [y, x, z]);
  await forwards.put({ ...info, key: "x@x.example", keep: "ann@a.example" }, [z]);
  await forwards.put({ ...info, key: "50%_off@a.example" }, [y]);
  const all = { limit: 10, offset: 0, targets: 2 };
  const keysOf = async (...given: Parameters<typeof forwards.page>) => {
    const found = await forwards.page(...given);
    return [...found.forwards.map(({ key }) => key), found.total];
  };
  assert.deepEqual(await keysOf({}, all), [
    "50%_off@a.example",
    "info@a.example",
    "x@x.example",
    3,
  ]);
  assert.deepEqual(await keysOf({}, { ...all, limit: 1, offset: 1 }), ["info@a.example", 3]);
  assert.deepEqual(await keysOf({ text: "%_" }, all), ["50%_off@a.example", 1]);
  assert.deepEqual(await keysOf({ text: "INFO" }, all), ["info@a.example", 1]);
  assert.deepEqual(await keysOf({ about: "x@x.example" }, all), [
    "info@a.example",
    "x@x.example",
    2,
  ]);
  assert.deepEqual(await keysOf({ about: "ann@a.example" }, all), ["x@x.example", 1]);
  assert.deepEqual(await keysOf({ about: "nobody@a.example" }, all), [0]);
  const { forwards: found } = await forwards.page({ text: "info" }, all);
  assert.deepEqual(found, [{ ...info, targets: [x, y], count: 3 }]);
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
