import assert from "node:assert/strict";
import { chmod, chown, lchown, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, suite, test } from "node:test";
import { asNobody } from "../../../test/support/as-nobody.ts";
import { formatProblem } from "../../core/config/problem.ts";
import { findConfiguration } from "./find.ts";
import { readConfiguration } from "./read.ts";

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "bailiwick-config-"));
});

after(() => rm(folder, { recursive: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function problemsOf(path: string): Promise<readonly string[]> {
  const result = await readConfiguration(path);
  return result.ok ? [] : result.problem.map(formatProblem);
}

suite("readConfiguration", () => {
  test("starts relative paths at the file's folder", async () => {
    const path = await write("good.yaml", "hostname: mx.test\ndata: store\n");
    const result = await readConfiguration(path);
    assert.equal(result.ok && result.value.data, join(folder, "store"));
  });

  test("passes over a byte order mark", async () => {
    const path = await write("marked.yaml", "\ufeffhostname: mx.test\nuser: a b\n");
    const [problem = ""] = await problemsOf(path);
    assert.ok(problem.startsWith(`${path}:2:7: user:`), problem);
  });

  test("says that there is no such file", async () => {
    const path = join(folder, "none.yaml");
    const said = `${path}: there is no such file; write one, or name another with -c FILE`;
    assert.deepEqual(await problemsOf(path), [said]);
  });

  test("says that it is a folder", async () => {
    const said = `${folder}: this is a folder; name the file in it with -c FILE`;
    assert.deepEqual(await problemsOf(folder), [said]);
  });

  test("says where the text is not UTF-8", async () => {
    const latin1 = Buffer.from("hostname: mx.test\nuser: m\xfcller\n", "latin1");
    const path = await write("latin1.yaml", latin1);
    const said = `${path}:2:8: this is not UTF-8; save the file in that encoding`;
    assert.deepEqual(await problemsOf(path), [said]);
  });

  test("takes 1 MB and not an octet more", async () => {
    const start = "hostname: mx.test\n#";
    const full = start + "x".repeat(1024 * 1024 - start.length);
    assert.deepEqual(await problemsOf(await write("full.yaml", full)), []);
    const path = await write("over.yaml", `${full}x`);
    const said = `${path}: the file is larger than 1 MB; name the configuration file with -c FILE`;
    assert.deepEqual(await problemsOf(path), [said]);
  });

  test("says that it may not be read", async () => {
    const path = await write("secret.yaml", "hostname: mx.test\n");
    await chmod(path, 0o000);
    const said = `${path}: this user may not read the file; change its owner or mode`;
    assert.deepEqual(await asNobody(() => problemsOf(path)), [said]);
  });
});

suite("findConfiguration", () => {
  test("takes the file that is named, even if it is not there", async () => {
    assert.deepEqual(await findConfiguration("x.yaml"), { ok: true, value: "x.yaml" });
  });

  test("takes the first standard file that exists", async () => {
    const second = await write("second.yaml", "");
    const third = await write("third.yaml", "");
    const candidates = [join(folder, "first.yaml"), second, third];
    assert.deepEqual(await findConfiguration(undefined, candidates), { ok: true, value: second });
  });

  test("as root, takes what lies in the folder only where root alone can write it", async (t) => {
    if (process.getuid?.() !== 0) return t.skip("needs root");
    const path = await write("found.yaml", "");
    const link = relative(".", join(folder, "link.yaml"));
    await symlink(path, join(folder, "link.yaml"));
    const name = relative(".", path);
    const find = async (candidate = name) => (await findConfiguration(undefined, [candidate])).ok;
    await chmod(path, 0o644);
    assert.ok((await find()) && (await find(link)));
    await lchown(join(folder, "link.yaml"), 65_534, 65_534);
    assert.ok(!(await find(link)));
    await chmod(path, 0o664);
    assert.ok(!(await find()));
    await chmod(path, 0o644);
    await chown(path, 65_534, 65_534);
    const found = await findConfiguration(undefined, [name]);
    assert.match(found.ok ? "" : formatProblem(found.problem), /other users can write.*: -c /);
    assert.ok((await findConfiguration(name)).ok, "where it is named");
    assert.ok(await asNobody(() => find()), "and its owner needs no name");
  });

  test("says where it has looked", async () => {
    const candidates = [join(folder, "a.yaml"), join(folder, "b.yaml")];
    const result = await findConfiguration(undefined, candidates);
    const said = `${candidates[0]}: there is no such file, nor ${candidates[1]}; write one, or name one with -c FILE`;
    assert.equal(result.ok ? "" : formatProblem(result.problem), said);
  });
});
