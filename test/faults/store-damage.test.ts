// A store that is damaged, or that another server has: the program says so and touches nothing.

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBailiwick, temporaryFolder } from "../support/server.ts";
import { sendLetter } from "../support/smtp-client.ts";
import { startRelay } from "./support/relay.ts";

const content = `Subject: x\r\n\r\n${`${"x".repeat(70)}\r\n`.repeat(1_000)}`;
const letter = { from: "a@client.example", to: ["b@else.example"], content };

async function bytesOf(folder: string): Promise<Readonly<Record<string, Buffer>>> {
  const names = (await readdir(folder)).filter((name) => name.startsWith("store.db"));
  const files = names.map(async (name) => [name, await readFile(join(folder, name))] as const);
  return Object.fromEntries(await Promise.all(files));
}

test("garbage in the store's place is left as it is", async (t) => {
  const folder = await temporaryFolder(t);
  const data = join(folder, "data");
  await mkdir(data, { mode: 0o700 });
  await writeFile(join(data, "store.db"), "this is no store\n".repeat(1_000));
  const before = await bytesOf(data);
  const configuration = join(folder, "bailiwick.yaml");
  await writeFile(
    configuration,
    'hostname: mail.example.org\nlisteners: { mx: { role: mx, listen: ["127.0.0.1:0"] } }\n',
  );
  const { code, stderr } = await runBailiwick(["start", "-c", configuration]);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^bailiwick: store \S+store\.db: it is damaged, and is left as it is; .+\n$/,
  );
  assert.deepEqual(await bytesOf(data), before);
});

test("a store that lost its end is left as it is", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startRelay(t, { folder });
  for (let count = 0; count < 20; count++) await sendLetter(server.address, letter);
  assert.equal(await server.stop(), 0);
  await truncate(join(server.dataFolder, "store.db"), 300_000);
  const before = await bytesOf(server.dataFolder);
  const { code, stderr } = await server.run("start");
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^bailiwick: store \S+store\.db: it is damaged, and is left as it is; .+\n$/,
  );
  assert.deepEqual(await bytesOf(server.dataFolder), before);
});

test("a second server on the same data is told so, and the first one goes on", async (t) => {
  const server = await startRelay(t, {});
  const { code, stderr } = await server.run("start");
  assert.equal(code, 75);
  assert.match(stderr, /^bailiwick: store \S+store\.db: it is in use by another process; .+\n$/);
  assert.match((await sendLetter(server.address, letter)).content ?? "", /^250 /);
  assert.equal((await server.run("queue", "list")).code, 0);
});
