import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { asNobody } from "../../../test/support/as-nobody.ts";
import { placeFile } from "./place-file.ts";

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "bailiwick-place-"));
});

after(() => rm(folder, { recursive: true }));

function place(path: string, text: string, changes: { readonly replaces?: boolean } = {}) {
  const octets = Buffer.from(text);
  return placeFile({ path, octets, mode: 0o600, replaces: false, ...changes });
}

test("a file is put in its place once, whole, and for whom it is", async () => {
  const path = join(folder, "once");
  assert.deepEqual(await place(path, "first"), { ok: true, value: "written" });
  const { mtimeMs, mode } = await stat(path);
  assert.equal(mode & 0o777, 0o600);
  assert.deepEqual(await place(path, "second"), { ok: true, value: "there" });
  assert.equal(await readFile(path, "utf8"), "first");
  assert.equal((await stat(path)).mtimeMs, mtimeMs);
  assert.deepEqual(await place(path, "third", { replaces: true }), { ok: true, value: "written" });
  assert.equal(await readFile(path, "utf8"), "third");
});

test("what those left that were killed is swept, and nothing else", async () => {
  const own = join(folder, "swept");
  await mkdir(own);
  // No process has the first number, and the second is alive.
  const names = [
    ".file.4194305.tmp",
    `.file.${process.ppid}.tmp`,
    ".file.x.tmp",
    ".other.4194305.tmp",
  ];
  for (const name of names) await writeFile(join(own, name), "");
  await place(join(own, "file"), "x");
  const left = [...names.slice(1), "file"].toSorted();
  assert.deepEqual((await readdir(own)).toSorted(), left);
});

test("why it cannot be written is said in plain words", async () => {
  const missing = join(folder, "none", "file");
  assert.deepEqual(await place(missing, "x"), {
    ok: false,
    problem: `${missing} cannot be written: there is no folder ${join(folder, "none")}; make it first`,
  });
  const file = join(folder, "file");
  await writeFile(file, "");
  const inFile = await place(join(file, "x"), "x");
  assert.match(inFile.ok ? "" : inFile.problem, /is no folder$/);
  const closed = await asNobody(() => place("/usr/x", "x"));
  assert.match(closed.ok ? "" : closed.problem, /may not write in the folder \/usr|read-only/);
  const full = await place("/dev/full/x", "x");
  assert.match(full.ok ? "" : full.problem, /\/dev\/full is no folder$/);
});
