import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredKeyPair } from "./dkim-key-store.ts";
import { scratchPlace, scratchStore } from "./fixture.test.ts";

function pair(domain: string, name: string, changes: Partial<StoredKeyPair> = {}): StoredKeyPair {
  const privateKeys = { rsa: `rsa ${domain} ${name}`, ed25519: `ed25519 ${domain} ${name}` };
  return { domain, name, privateKeys, createdAt: 1, activeAt: null, retiredAt: null, ...changes };
}

test("keys are kept as they are", async (t) => {
  const place = await scratchPlace(t);
  const store = await scratchStore(t, place);
  const { dkimKeys } = store;
  const first = pair("example.org", "b", { createdAt: 5, activeAt: 6, retiredAt: 7 });
  const second = pair("example.org", "a", { createdAt: 8 });
  assert.equal(await dkimKeys.add(second), "added");
  assert.equal(await dkimKeys.add(first), "added");
  assert.equal(await dkimKeys.add(pair("example.org", "a")), "exists");
  await store.close();
  assert.deepEqual(await (await scratchStore(t, place)).dkimKeys.list(), [first, second]);
});

test("a pair that becomes active retires the one before, in its own domain alone", async (t) => {
  const { dkimKeys } = await scratchStore(t);
  const times = async () =>
    (await dkimKeys.list()).map(({ name, activeAt, retiredAt }) => [name, activeAt, retiredAt]);
  for (const each of [
    pair("a.example", "1", { activeAt: 2 }),
    pair("a.example", "2", { createdAt: 2 }),
    pair("b.example", "3", { activeAt: 2 }),
  ]) {
    await dkimKeys.add(each);
  }
  assert.equal(await dkimKeys.activate("a.example", "2", 9), true);
  const after = [
    ["1", 2, 9],
    ["2", 9, null],
    ["3", 2, null],
  ];
  assert.deepEqual(await times(), after);
  assert.equal(await dkimKeys.activate("a.example", "2", 10), false, "it is active already");
  assert.equal(await dkimKeys.activate("a.example", "1", 10), false, "it is retired");
  assert.equal(await dkimKeys.activate("a.example", "9", 10), false, "there is none");
  assert.deepEqual(await times(), after);
  assert.equal(await dkimKeys.retire("b.example", "3", 11), true);
  assert.equal(await dkimKeys.retire("b.example", "3", 12), false);
  assert.equal(await dkimKeys.remove("a.example", "1"), true);
  assert.equal(await dkimKeys.remove("a.example", "1"), false);
  assert.deepEqual(await times(), [
    ["2", 9, null],
    ["3", 2, 11],
  ]);
});
