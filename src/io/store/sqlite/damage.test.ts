// What the store makes of a file that is not as it should be: it says so, and changes nothing.

import assert from "node:assert/strict";
import { mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import test from "node:test";
import { octets, sample, scratchPath, sql } from "../fixture.test.ts";
import { migrations } from "../migrations/all.ts";
import { migrate } from "../migrations/migrate.ts";
import { openStore } from "../open.ts";
import type { Store } from "../store.ts";
import { openSqlite } from "./engine.ts";

test("a file that is no database is reported and left as it is", async (t) => {
  const path = await scratchPath(t);
  await mkdir(dirname(path));
  const garbage = Buffer.from("To: the operator\n\nThis is no database.\n".repeat(300));
  await writeFile(path, garbage);
  await assert.rejects(openStore({ path }), { name: "StoreError", kind: "damaged" });
  assert.deepEqual(await readFile(path), garbage);
});

/** A closed store of some hundred pages. */
async function filledStore(t: test.TestContext): Promise<string> {
  const path = await scratchPath(t);
  const store = await openStore({ path });
  await fill(store, 200);
  await store.close();
  return path;
}

async function fill({ messages }: Store, count: number): Promise<void> {
  const content = [new Uint8Array(6000).fill(65)];
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  await Promise.all(ids.map((id) => messages.keep(sample(id, { content }))));
}

test("a file cut short is reported and left as it is", async (t) => {
  for (const length of [100, 4096, 40_960, 100_001]) {
    const path = await filledStore(t);
    await truncate(path, length);
    const before = await readFile(path);
    await assert.rejects(openStore({ path }), { name: "StoreError", kind: "damaged" });
    assert.deepEqual(await readFile(path), before);
  }
});

test("a file cut to nothing does not cost the log beside it", async (t) => {
  const path = await scratchPath(t);
  await mkdir(dirname(path));
  await writeFile(`${path}-wal`, "kept messages");
  await assert.rejects(openStore({ path }), { name: "StoreError", kind: "damaged" });
  assert.equal(await readFile(`${path}-wal`, "latin1"), "kept messages");
});

test("a file with a page of noise is reported and left as it is", async (t) => {
  const path = await filledStore(t);
  const damaged = await readFile(path);
  damaged.fill(0xa5, 2 * 4096, 3 * 4096);
  await writeFile(path, damaged);
  await assert.rejects(openStore({ path }), {
    name: "StoreError",
    kind: "damaged",
    message: /recover/,
  });
  assert.deepEqual(await readFile(path), damaged);
});

test("a page that turns out damaged later stops all work, and writes nothing", async (t) => {
  const path = await scratchPath(t);
  const engine = await openSqlite(path);
  await migrate(engine, migrations);
  const root = sql("select rootpage from sqlite_schema where name = 'recipient'");
  const [{ rows }] = await engine.run([root]);
  // Larger than what is checked when a store is opened.
  const grow = sql("insert into body values (1, ?, ?)", 0, new Uint8Array(33 * 1024 * 1024));
  await engine.run([grow]);
  await engine.close();
  const damaged = await readFile(path);
  const start = (Number(rows[0]?.["rootpage"]) - 1) * 4096;
  await writeFile(path, damaged.fill(0xa5, start, start + 4096));

  const store = await openStore({ path });
  const { messages } = store;
  await assert.rejects(messages.keep(sample(1)), { name: "StoreError", kind: "damaged" });
  await assert.rejects(messages.stash(2, 1, octets("x")), { name: "StoreError", kind: "damaged" });
  await store.close();
  assert.ok(damaged.equals(await readFile(path)), "the file is as it was");
});

test("a directory in the file's place is named", async (t) => {
  const path = await scratchPath(t);
  await mkdir(path, { recursive: true });
  await assert.rejects(openStore({ path }), { kind: "failed", message: /not a file/ });
});
