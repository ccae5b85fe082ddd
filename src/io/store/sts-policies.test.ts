import assert from "node:assert/strict";
import { test } from "node:test";
import type { KnownPolicy } from "../../core/mta-sts/plan.ts";
import { scratchPlace, scratchStore } from "./fixture.test.ts";

const policy: KnownPolicy = {
  mode: "enforce",
  mx: ["mx.example", "*.wild.example"],
  maxAge: 100,
  id: "one",
  fetchedAt: 1_000,
};

test("policies are kept through a restart, the last one of each domain", async (t) => {
  const place = await scratchPlace(t);
  const before = await scratchStore(t, place);
  assert.equal(await before.stsPolicies.find("a.example"), undefined);
  await before.stsPolicies.keep({ domain: "a.example", policy, usedAt: 1 });
  const next: KnownPolicy = { ...policy, mode: "none", mx: [], id: "two", fetchedAt: 2_000 };
  await before.stsPolicies.keep({ domain: "a.example", policy: next, usedAt: 2 });
  await before.close();
  const after = await scratchStore(t, place);
  const kept = { domain: "a.example", policy: next, usedAt: 2 };
  assert.deepEqual(await after.stsPolicies.find("a.example"), kept);
  await after.stsPolicies.use("a.example", 7);
  assert.equal((await after.stsPolicies.find("a.example"))?.usedAt, 7);
});

test("those are fetched again that are old and of use, the oldest first", async (t) => {
  const { stsPolicies } = await scratchStore(t);
  for (const [domain, fetchedAt, usedAt] of [
    ["old.example", 10, 50],
    ["older.example", 5, 60],
    ["new.example", 90, 60],
    ["unused.example", 1, 20],
  ] as const) {
    await stsPolicies.keep({ domain, policy: { ...policy, fetchedAt }, usedAt });
  }
  const query = { usedSince: 50, fetchedBefore: 90, limit: 5 };
  const found = await stsPolicies.stale(query);
  assert.deepEqual(
    found.map(({ domain }) => domain),
    ["older.example", "old.example"],
  );
  assert.equal((await stsPolicies.stale({ ...query, limit: 1 })).length, 1);
});

test("what has expired goes", async (t) => {
  const { stsPolicies } = await scratchStore(t);
  await stsPolicies.keep({ domain: "a.example", policy, usedAt: 1 });
  await stsPolicies.dropExpired(101_000);
  assert.ok(await stsPolicies.find("a.example"));
  await stsPolicies.dropExpired(101_001);
  assert.equal(await stsPolicies.find("a.example"), undefined);
});
