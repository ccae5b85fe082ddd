import assert from "node:assert/strict";
import test from "node:test";
import type { Grant } from "../../core/grants/grant.ts";
import { parseIp } from "../../core/mail/ip.ts";
import { scratchPath, scratchStore } from "./fixture.test.ts";
import { firstPlace } from "./grant-store.ts";
import { openStore } from "./open.ts";

const client = parseIp("2001:db8::7") ?? assert.fail();

const grant: Grant = {
  id: "g1",
  client,
  account: "ann@example.org",
  source: "dovecot",
  software: "Outlook Express 5",
  openedAt: 1,
  heardAt: 2,
  endedAt: null,
  lifetime: null,
  revokedAt: null,
  sessions: ["dovecot a'b\"c", "dovecot 2"],
};

test("grants are there after a restart, the later in place of the earlier", async (t) => {
  const path = await scratchPath(t);
  const store = await openStore({ path });
  await store.grants.prepare();
  await store.grants.prepare();
  await store.grants.keep([grant], "one");
  const later: Grant = { ...grant, endedAt: 9, heardAt: 8, sessions: [], software: null };
  await store.grants.keep([later, { ...grant, id: "g2", account: null }], "one");
  await store.grants.keep([], "one");
  await store.close();
  const { grants } = await scratchStore(t, path);
  const all = await grants.changedSince(firstPlace, 10);
  assert.deepEqual(all.grants, [
    { grant: later, node: "one" },
    { grant: { ...grant, id: "g2", account: null }, node: "one" },
  ]);
});

test("changes come in their order, each once, however few at a time", async (t) => {
  const { grants } = await scratchStore(t);
  await grants.prepare();
  await grants.keep(
    ["g1", "g2", "g3"].map((id) => ({ ...grant, id })),
    "one",
  );
  await grants.keep([{ ...grant, id: "g2" }], "one");
  const seen: string[] = [];
  let place = firstPlace;
  for (let isAll = false; !isAll;) {
    const found = await grants.changedSince(place, 1);
    seen.push(...found.grants.map((each) => each.grant.id));
    ({ place, isAll } = found);
  }
  assert.deepEqual(seen, ["g1", "g3", "g2"]);
  await grants.revoke(["g1", "g1", "none"], 5);
  const { grants: changed } = await grants.changedSince(place, 10);
  assert.deepEqual(
    changed.map((each) => each.grant.revokedAt),
    [5],
  );
  assert.deepEqual((await grants.changedSince({ version: 99, id: "" }, 10)).grants, []);
});

test("what was revoked stays so, whoever writes it afterwards", async (t) => {
  const { grants } = await scratchStore(t);
  await grants.prepare();
  await grants.keep([grant], "one");
  await grants.revoke(["g1"], 5);
  await grants.revoke(["g1"], 6);
  await grants.keep(
    [
      { ...grant, heardAt: 7 },
      { ...grant, id: "g2", revokedAt: 3 },
    ],
    "one",
  );
  const all = await grants.changedSince(firstPlace, 10);
  assert.deepEqual(
    all.grants.map((each) => each.grant.revokedAt),
    [5, 3],
  );
});

test("what is long over is forgotten", async (t) => {
  const { grants } = await scratchStore(t);
  await grants.prepare();
  await grants.keep(
    [
      { ...grant, id: "over", endedAt: 5 },
      { ...grant, id: "lost" },
      { ...grant, id: "ended lately", endedAt: 10 },
      { ...grant, id: "heard lately", heardAt: 10 },
      { ...grant, id: "revoked lately", revokedAt: 10 },
      { ...grant, id: "long", endedAt: 5, lifetime: 5 },
    ],
    "one",
  );
  await grants.dropBefore(10);
  const all = await grants.changedSince(firstPlace, 10);
  assert.deepEqual(all.grants.map((each) => each.grant.id).toSorted(), [
    "ended lately",
    "heard lately",
    "long",
    "revoked lately",
  ]);
});

test("each host says that it is there", async (t) => {
  const { grants } = await scratchStore(t);
  await grants.prepare();
  await grants.mark("one", 1);
  await grants.mark("two", 5);
  await grants.mark("one", 2);
  assert.deepEqual(
    await grants.marks(),
    new Map([
      ["one", 2],
      ["two", 5],
    ]),
  );
});

test("uses add up by day, account and software", async (t) => {
  const { grants } = await scratchStore(t);
  await grants.prepare();
  const use = { day: "2026-11-25", account: "ann@example.org", software: "", messages: 2 };
  await grants.count([use, use, { ...use, software: "Outlook'" }]);
  await grants.count([{ ...use, day: "2026-11-26", messages: 1 }]);
  await grants.count([]);
  assert.deepEqual(await grants.uses("2026-11-25"), [
    { ...use, messages: 4 },
    { ...use, software: "Outlook'" },
    { ...use, day: "2026-11-26", messages: 1 },
  ]);
  await grants.dropUsesBefore("2026-11-26");
  assert.equal((await grants.uses("2026-01-01")).length, 1);
});
