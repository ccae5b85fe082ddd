import assert from "node:assert/strict";
import { test } from "node:test";
import { scratchStore } from "./fixture.test.ts";

test("the last word on a recipient is kept", async (t) => {
  const { recipients } = await scratchStore(t);
  const first = { key: "ann@a.test", exists: false, said: "550 no", askedAt: 1 };
  await recipients.keep(first);
  assert.deepEqual(await recipients.find("ann@a.test"), first);
  const later = { ...first, exists: true, said: "250 'ok'); DROP", askedAt: 2 };
  await recipients.keep(later);
  assert.deepEqual(await recipients.find("ann@a.test"), later);
  assert.deepEqual(await recipients.list("a.test", 10), [later]);
  assert.deepEqual(await recipients.list("b.test", 10), []);
  assert.equal(await recipients.find("bob@a.test"), undefined);
});

test("of those who do not exist, only the latest are kept", async (t) => {
  const { recipients: store } = await scratchStore(t);
  for (let index = 0; index < 5; index++) {
    await store.keep({ key: `n${index}@a.test`, exists: false, said: "no", askedAt: index });
  }
  await store.keep({ key: "ann@a.test", exists: true, said: "yes", askedAt: 0 });
  assert.equal(await store.dropNobodiesBeyond(2), 3);
  assert.deepEqual(
    (await store.list("a.test", 10)).map(({ key }) => key),
    ["ann@a.test", "n3@a.test", "n4@a.test"],
  );
  assert.equal(await store.dropNobodiesBeyond(2), 0);
  await store.dropBefore({ yes: 1, no: 4 });
  assert.deepEqual(
    (await store.list("a.test", 10)).map(({ key }) => key),
    ["n4@a.test"],
  );
  assert.equal(await store.drop("n4@a.test"), true);
  assert.equal(await store.drop("n4@a.test"), false);
});
