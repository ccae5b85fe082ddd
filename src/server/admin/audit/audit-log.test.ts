import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseIp } from "../../../core/mail/ip.ts";
import { scratchStore } from "../../../io/store/fixture.test.ts";
import { actFor } from "../act-for.ts";
import type { Actor } from "../actor.ts";
import { createAccessOperations } from "../access-operations.ts";
import { OperationError, type Operations } from "../operations.ts";
import { startPruning } from "../pruning.ts";
import { AuditLog } from "./audit-log.ts";

const day = 86_400_000;
const client = parseIp("2001:db8::9") ?? assert.fail();
const ann: Actor = { via: "page", name: "ann", client };

function createNotes() {
  const notes: object[] = [];
  const note = (fields: object) => void notes.push(fields);
  return { notes, log: { info: note, warn: note, error: note } };
}

suite("the audit log", () => {
  test("has what was done and what was refused, in the order in which it was", async (t) => {
    const store = await scratchStore(t);
    const { log } = createNotes();
    const audit = new AuditLog({ store: store.audit, node: "mx.test", now: () => 9 * day, log });
    const own = createAccessOperations({ store, now: () => 9 * day, newId: () => "abc" });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the others are not called
    const operations = actFor(own as unknown as Operations, ann, audit);
    await operations.operatorAdd("bob", "$argon2id$secret");
    await assert.rejects(operations.operatorAdd("bob", "$argon2id$secret"), OperationError);
    const scopes = ["read", "queue"];
    await operations.tokenAdd({ name: "x\u0007", scopes, digest: "digest", length: day });
    await operations.operatorSetPassword("bob", "$argon2id$other", "session");
    await operations.operatorList();
    const entries = await operations.auditList({}, 9);
    assert.deepEqual(
      entries.map(({ act, arguments: given, error }) => [act, given, error?.slice(0, 20)]),
      [
        ["operatorSetPassword", { name: "bob" }, undefined],
        ["tokenAdd", { name: "x\u0007", scopes, length: day }, undefined],
        ["operatorAdd", { name: "bob" }, "there is an operator"],
        ["operatorAdd", { name: "bob" }, undefined],
      ],
    );
    const by = { via: "page", who: "ann", client: "2001:db8::9", node: "mx.test", at: 9 * day };
    for (const { via, who, client: from, node, at } of entries) {
      assert.deepEqual({ via, who, client: from, node, at }, by);
    }
  });

  test("that cannot be written holds nothing up, and the server's own log has it", async (t) => {
    const store = await scratchStore(t);
    const { notes, log } = createNotes();
    const audit = new AuditLog({ store: store.audit, node: "mx.test", now: () => day, log });
    await store.close();
    await audit.note(ann, { act: "queueHold", arguments: { ids: "all" } });
    assert.equal(notes.length, 1);
    assert.match(JSON.stringify(notes), /"audit-failed".*"queueHold"/);
  });

  test("forgets what is old, and sessions that are over", async (t) => {
    const store = await scratchStore(t);
    const { log } = createNotes();
    let now = 100 * day;
    const audit = new AuditLog({ store: store.audit, node: "mx.test", now: () => now, log });
    for (let count = 0; count < 3; count++) {
      await audit.note(ann, { act: "reload", arguments: {} });
      now += 2 * day;
    }
    const session = { operator: "ann", client: "::1", lastSeen: now - day, createdAt: now - day };
    await store.pageSessions.open({ ...session, digest: "old" });
    const settings = { hosts: [], metrics: "token" as const, auditFor: 5 * day };
    const pruning = startPruning({
      audit,
      store,
      settings: () => settings,
      clock: { now: () => now },
      log,
    });
    await pruning.close();
    assert.equal((await store.audit.list({}, 9)).length, 2);
    assert.equal(await store.pageSessions.find("old"), undefined);
  });
});
