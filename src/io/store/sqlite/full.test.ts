// Disks without space.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { readAll, sample, scratchEngine, scratchStore, sql } from "../fixture.test.ts";

test("a store that may not grow refuses the whole group, then goes on by itself", async (t) => {
  const engine = await scratchEngine(t);
  await engine.run([sql("create table thing (value)")]);
  await engine.run([sql("pragma max_page_count = 20")]);
  const insert = (octetCount: number) =>
    engine.run([sql("insert into thing values (?)", new Uint8Array(octetCount))]);
  const results = await Promise.allSettled([insert(10), insert(1_000_000), insert(10)]);
  assert.deepEqual(
    results.map((result) => result.status === "rejected" && result.reason.kind),
    ["full", "full", "full"],
  );
  // The file is opened anew for the next unit, and with that the bound is gone.
  await insert(1_000_000);
  const [{ rows }] = await engine.run([sql("select count(*) as count from thing")]);
  assert.deepEqual(rows, [{ count: 1 }]);
});

test("a disk that is full makes errors, loses nothing, and is used again when there is space", async (t) => {
  const mount = await mountSmallDisk(t);
  if (mount === undefined) return t.skip("needs the right to mount a tmpfs");
  const { messages } = await scratchStore(t, { path: join(mount, "store.db") });
  const content = [new Uint8Array(50_000).fill(66)];
  const ballast = join(mount, "ballast");
  await writeFile(ballast, new Uint8Array(1_000_000));

  const kept: number[] = [];
  const keepUntilFull = async (from: number): Promise<void> => {
    for (let id = from; id < from + 200; id++) {
      await messages.keep(sample(id, { content }));
      kept.push(id);
    }
  };
  await assert.rejects(keepUntilFull(1), { name: "StoreError", kind: "full" });
  assert.ok(kept.length > 0);
  await assert.rejects(messages.keep(sample(900, { content })), { kind: "full" });
  await rm(ballast);
  await messages.keep(sample(1000, { content }));
  for (const id of [...kept, 1000]) {
    assert.equal((await readAll(messages.content(id))).length, 50_000);
  }
});

async function mountSmallDisk(t: test.TestContext): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), "bailiwick-disk-"));
  t.after(async () => {
    spawnSync("umount", ["--lazy", directory], { stdio: "ignore" });
    await rm(directory, { recursive: true });
  });
  const options = ["-t", "tmpfs", "-o", "size=4m", "tmpfs", directory];
  if (spawnSync("mount", options, { stdio: "ignore" }).status !== 0) return undefined;
  return directory;
}
