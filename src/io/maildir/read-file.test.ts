import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs, { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { notAFile, pathIn, readFile, readLines } from "./read-file.ts";

async function temporary(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-maildir-"));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** Descriptors that lead into the folder. */
async function descriptorsInto(folder: string): Promise<number> {
  const links = await readdir("/proc/self/fd");
  const targets = links.map((link) =>
    execFileSync("readlink", ["-f", `/proc/${process.pid}/fd/${link}`], { encoding: "utf8" }),
  );
  return targets.filter((target) => target.startsWith(folder)).length;
}

test("octets come in chunks, each in memory of its own", async (context) => {
  const folder = await temporary(context);
  for (const size of [0, 1, 65_535, 65_536, 65_537, 300_000]) {
    const content = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
    await writeFile(join(folder, "file"), content);
    const chunks: Uint8Array[] = [];
    for await (const chunk of readFile(pathIn(folder, "file"))) chunks.push(chunk);
    assert.ok(Buffer.concat(chunks).equals(content), String(size));
    assert.ok(chunks.every(({ length }) => length <= 65_536));
  }
});

test("a name may be any octets", async (context) => {
  const folder = await temporary(context);
  const path = pathIn(folder, "\xff\xfe caf\xe9");
  await writeFile(path, "content");
  assert.equal((await buffer(readFile(path))).toString(), "content");
});

test("links, folders and pipes are no files, and nobody waits for them", async (context) => {
  const folder = await temporary(context);
  await writeFile(join(folder, "file"), "content");
  await symlink("file", join(folder, "link"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const read = (name: string) => buffer(readFile(pathIn(folder, name)));
  await assert.rejects(read("link"), { code: "ELOOP" });
  await assert.rejects(read("pipe"), { code: notAFile });
  await assert.rejects(read("."), { code: notAFile });
  await assert.rejects(read("missing"), { code: "ENOENT" });
  assert.equal(await descriptorsInto(folder), 0);
});

test("a reader who leaves closes the file", async (context) => {
  const folder = await temporary(context);
  await writeFile(join(folder, "file"), "x".repeat(200_000));
  for await (const chunk of readFile(pathIn(folder, "file"))) {
    assert.equal(chunk.length, 65_536);
    assert.equal(await descriptorsInto(folder), 1);
    break;
  }
  assert.equal(await descriptorsInto(folder), 0);
});

test("a file that is not closed well was read all the same", async (context) => {
  const folder = await temporary(context);
  await writeFile(join(folder, "file"), "content");
  // As NFS and FUSE may do it.
  const open = fs.open;
  context.mock.method(fs, "open", async (...how: Parameters<typeof open>) => {
    const file = await open(...how);
    const close = file.close.bind(file);
    file.close = async () => {
      await close();
      throw Object.assign(new Error("EIO: i/o error, close"), { code: "EIO" });
    };
    return file;
  });
  syncBuiltinESMExports();
  context.after(() => {
    context.mock.restoreAll();
    syncBuiltinESMExports();
  });
  assert.equal((await buffer(readFile(pathIn(folder, "file")))).toString(), "content");
  for await (const chunk of readFile(pathIn(folder, "file"))) {
    assert.equal(chunk.length, 7);
    break;
  }
  await assert.rejects(buffer(readFile(pathIn(folder, "."))), { code: notAFile });
});

test("lines come whole, wherever chunks end; the last one only with its end", async (context) => {
  const folder = await temporary(context);
  const expected = Array.from({ length: 20_000 }, (_, index) => `line ${index} \xff`);
  await writeFile(join(folder, "list"), `${expected.join("\n")}\nbroken o`, "latin1");
  const lines: string[] = [];
  for await (const batch of readLines(pathIn(folder, "list"))) lines.push(...batch);
  assert.deepEqual(lines, expected);
});

test("what has no line ends is no list, and is not gathered", async (context) => {
  const folder = await temporary(context);
  await writeFile(join(folder, "list"), `first\n${"x".repeat(1_000_000)}\nlast\n`);
  const lines: string[] = [];
  for await (const batch of readLines(pathIn(folder, "list"))) lines.push(...batch);
  assert.deepEqual(lines, ["first"]);
});
