import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readSecret } from "./secret.ts";

test("a secret is one line of a file that is not open to all", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-secret-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "secret");
  const read = async (content: string, mode = 0o600) => {
    await writeFile(file, content);
    await chmod(file, mode);
    return readSecret({ file }, {});
  };
  assert.deepEqual(await read("pa ss \n"), { ok: true, value: "pa ss " });
  assert.deepEqual(await read("päss\r\n", 0o640), { ok: true, value: "päss" });
  for (const mode of [0o644, 0o602, 0o777]) {
    const open = await read("secret", mode);
    assert.ok(!open.ok);
    assert.match(open.problem, /every user of this machine can read .*; run: chmod 0600 /);
  }
  for (const content of ["", "\n", "one\ntwo\n", "a\0b"]) {
    const none = await read(content);
    assert.ok(!none.ok);
    assert.match(none.problem, /holds no secret; write it there on one line/);
  }
  const wrong = await readSecret({ file: folder }, {});
  assert.ok(!wrong.ok && wrong.problem.endsWith("is a folder; name a file that holds the secret"));
  const missing = await readSecret({ file: join(folder, "nothing") }, {});
  assert.ok(!missing.ok && missing.problem.includes("ENOENT"));
});

test("or a variable that is set", async () => {
  const place = { variable: "DB_PASSWORD" };
  assert.deepEqual(await readSecret(place, { DB_PASSWORD: "x" }), { ok: true, value: "x" });
  for (const environment of [{}, { DB_PASSWORD: "" }]) {
    const none = await readSecret(place, environment);
    assert.ok(!none.ok && none.problem.includes("DB_PASSWORD is not set"));
  }
});
