// The store among processes: others that want it, one that dies, one that may not write.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import { readAll, sample, scratchPath, scratchStore } from "../fixture.test.ts";
import { openStore } from "../open.ts";

const openModule = new URL("../open.ts", import.meta.url).href;

test("a new store is for its owner's eyes alone", async (t) => {
  const path = await scratchPath(t);
  await scratchStore(t, { path });
  const modes = await Promise.all([dirname(path), path, `${path}-wal`].map(mode));
  assert.deepEqual(modes, [0o700, 0o600, 0o600]);
});

async function mode(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

test("a directory that may not be written to is named", async (t) => {
  const path = await scratchPath(t);
  await mkdir(dirname(path), { mode: 0o555 });
  // Root may write anywhere, so there the store is opened by nobody.
  const identity = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  const child = await runChild(
    path,
    `await openStore({ path }).catch(({ kind, message }) => {
       console.log(kind + " " + message);
     });`,
    identity,
  );
  const said = await readAll(child.stdout);
  assert.match(said, /^failed store .*store\.db: it cannot be read or written.*EACCES/);
});

test("a store that another process has open is locked until that one ends", async (t) => {
  const path = await scratchPath(t);
  const holder = await runChild(
    path,
    `
    const store = await openStore({ path });
    console.log("open");
    setInterval(() => {}, 1000);
  `,
  );
  t.after(() => holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  await assert.rejects(openStore({ path }), { kind: "locked", message: /another process/ });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await scratchStore(t, { path });
});

test("a store that this process has open already is locked, and stays good", async (t) => {
  const path = await scratchPath(t);
  const { messages } = await scratchStore(t, { path });
  await assert.rejects(openStore({ path }), { kind: "locked" });
  await messages.keep(sample(1));
  await assert.rejects(openStore({ path }), { kind: "locked" });
});

test("what was acknowledged before kill -9 is there afterwards", async (t) => {
  const path = await scratchPath(t);
  const child = await runChild(
    path,
    `
    const { messages } = await openStore({ path });
    const message = ${JSON.stringify({ ...sample(1), content: [] })};
    let id = 0;
    const session = async () => {
      for (;;) {
        const mine = ++id;
        const content = [new Uint8Array(4000).fill(mine % 251)];
        await messages.keep({ ...message, id: mine, content });
        process.stdout.write(mine + "\\n");
      }
    };
    await Promise.all(Array.from({ length: 20 }, session));
  `,
  );
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  for await (const text of child.stdout.setEncoding("latin1")) {
    said += String(text);
    if (said.length > 10_000) child.kill("SIGKILL");
  }
  const acknowledged = said.split("\n").slice(0, -1).map(Number);
  assert.ok(acknowledged.length > 1000);

  const { messages } = await scratchStore(t, { path });
  for (const id of acknowledged) {
    assert.equal(await readAll(messages.content(id)), String.fromCharCode(id % 251).repeat(4000));
  }
  assert.ok((await messages.lastId()) >= Math.max(...acknowledged));
});

/** Runs a program that opens the store at `path`; it finds its text beside it, readable by all. */
async function runChild(path: string, program: string, identity: { uid?: number } = {}) {
  const file = join(dirname(dirname(path)), "child.mjs");
  const preamble = `
    import { openStore } from ${JSON.stringify(openModule)};
    const path = ${JSON.stringify(path)};
  `;
  await writeFile(file, preamble + program);
  await chmod(dirname(file), 0o755);
  return spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"], ...identity });
}
