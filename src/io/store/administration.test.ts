import assert from "node:assert/strict";
import { test } from "node:test";
import { auditId } from "./audit.ts";
import type { AuditEntry } from "./audit-store.ts";
import { scratchStore } from "./fixture.test.ts";

const session = { operator: "ann", createdAt: 5, lastSeen: 5, client: "192.0.2.7" };

function entry(at: number, changes: Partial<AuditEntry> = {}): AuditEntry {
  const by = { via: "api", who: "deploy", act: "queueHold", node: "a.test" } as const;
  return { id: auditId(at), at, ...by, arguments: { ids: ["0fk3v9d2m4a"] }, ...changes };
}

test("operators have names of their own and a password that can be changed", async (t) => {
  const { operators } = await scratchStore(t);
  assert.equal(await operators.add({ name: "ann", createdAt: 5 }, "$one"), "added");
  assert.equal(await operators.add({ name: "ann", createdAt: 6 }, "$two"), "exists");
  await operators.add({ name: "Ann", createdAt: 7 }, "$other");
  assert.equal(await operators.passwordOf("ann"), "$one");
  assert.equal(await operators.passwordOf("bob"), undefined);
  assert.equal(await operators.setPassword("ann", "$three"), true);
  assert.equal(await operators.setPassword("bob", "$three"), false);
  assert.equal(await operators.passwordOf("ann"), "$three");
  assert.deepEqual(await operators.list(), [
    { name: "Ann", createdAt: 7 },
    { name: "ann", createdAt: 5 },
  ]);
  assert.equal(await operators.remove("Ann"), true);
  assert.equal(await operators.remove("Ann"), false);
  assert.deepEqual(await operators.list(), [{ name: "ann", createdAt: 5 }]);
});

test("a session is there until it ends, and ends with its operator's password", async (t) => {
  const { operators, pageSessions } = await scratchStore(t);
  await operators.add({ name: "ann", createdAt: 1 }, "$one");
  for (const digest of ["a", "b", "c"]) await pageSessions.open({ ...session, digest });
  await pageSessions.open({ ...session, digest: "of bob", operator: "bob" });
  assert.deepEqual(await pageSessions.find("a"), { ...session, digest: "a" });
  await pageSessions.seen("a", 99);
  assert.equal((await pageSessions.find("a"))?.lastSeen, 99);
  await pageSessions.close("a");
  await pageSessions.close("a");
  assert.equal(await pageSessions.find("a"), undefined);
  await operators.setPassword("ann", "$two", "b");
  assert.equal((await pageSessions.find("b"))?.operator, "ann");
  assert.equal(await pageSessions.find("c"), undefined);
  await operators.remove("ann");
  assert.equal(await pageSessions.find("b"), undefined);
  assert.equal((await pageSessions.find("of bob"))?.operator, "bob");
});

test("sessions go that are idle or old", async (t) => {
  const { pageSessions } = await scratchStore(t);
  await pageSessions.open({ ...session, digest: "idle", createdAt: 50, lastSeen: 60 });
  await pageSessions.open({ ...session, digest: "old", createdAt: 10, lastSeen: 90 });
  await pageSessions.open({ ...session, digest: "young", createdAt: 50, lastSeen: 80 });
  await pageSessions.drop({ seen: 80, created: 50 });
  const left = await Promise.all(["idle", "old", "young"].map((each) => pageSessions.find(each)));
  assert.deepEqual(
    left.map((each) => each?.digest),
    [undefined, undefined, "young"],
  );
});

test("a token is found by its digest alone", async (t) => {
  const { apiTokens } = await scratchStore(t);
  const token = { id: "abc", name: "deploy", scopes: ["read", "queue"], createdAt: 5 };
  assert.equal(await apiTokens.add(token, "digest"), "added");
  assert.equal(await apiTokens.add({ ...token, id: "def" }, "other"), "exists");
  assert.equal(await apiTokens.add({ ...token, id: "def", name: "x" }, "digest"), "exists");
  const limited = { ...token, id: "ghi", name: "backup", expiresAt: 9 };
  assert.equal(await apiTokens.add(limited, "third"), "added");
  assert.deepEqual(await apiTokens.find("digest"), token);
  assert.equal(await apiTokens.find("nothing"), undefined);
  await apiTokens.used("abc", 77);
  assert.deepEqual(await apiTokens.list(), [limited, { ...token, lastUsed: 77 }]);
  assert.equal(await apiTokens.remove("abc"), true);
  assert.equal(await apiTokens.remove("abc"), false);
  assert.equal(await apiTokens.find("digest"), undefined);
});

test("the audit log is read from its end, by time, act and who", async (t) => {
  const { audit } = await scratchStore(t);
  const now = 1_796_000_000_000;
  const all = [
    entry(now),
    entry(now + 1, { via: "page", who: "ann", client: "2001:db8::9", act: "banLift" }),
    entry(now + 2, { via: "command", who: "root", error: "there is no \u0007 message \u{1f4e7}" }),
    entry(now + 3, { who: "ann", via: "page", arguments: {} }),
  ];
  for (const each of all) await audit.keep(each);
  const [first, second, third, fourth] = all;
  assert.deepEqual(await audit.list({}, 9), [fourth, third, second, first]);
  assert.deepEqual(await audit.list({}, 2), [fourth, third]);
  assert.deepEqual(await audit.list({ before: third?.id ?? "" }, 9), [second, first]);
  assert.deepEqual(await audit.list({ since: now + 2 }, 9), [fourth, third]);
  assert.deepEqual(await audit.list({ who: "ann" }, 9), [fourth, second]);
  assert.deepEqual(await audit.list({ who: "ann", act: "banLift" }, 9), [second]);
  assert.equal(await audit.dropBefore(now + 2, 1), 1);
  assert.equal(await audit.dropBefore(now + 2, 9), 1);
  assert.equal(await audit.dropBefore(now + 2, 9), 0);
  assert.deepEqual(await audit.list({}, 9), [fourth, third]);
});
