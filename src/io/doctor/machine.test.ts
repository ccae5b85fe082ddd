// Facts of this machine: ports and who has them, room for data, who keeps the clock.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { asNobody } from "../../../test/support/as-nobody.ts";
import { freePort } from "../../../test/support/free-port.ts";
import { systemClock } from "../process/clock.ts";
import { findClockKeeper } from "./clock-keeper.ts";
import { lookAtRoom } from "./room.ts";
import { listeningAt, listeningOn, ownersOf } from "./socket-owners.ts";
import { tryPort } from "./try-port.ts";

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "bailiwick-doctor-"));
});

after(() => rm(folder, { recursive: true }));

suite("a port", () => {
  test("is free until somebody listens, who is seen", async () => {
    const port = await freePort();
    assert.deepEqual(await tryPort({ host: "127.0.0.1", port }), { kind: "free" });
    assert.deepEqual(await ownersOf(await listeningOn(port)), []);
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    try {
      const taken = { kind: "taken", by: undefined };
      assert.deepEqual(await tryPort({ host: "127.0.0.1", port }), taken);
      assert.deepEqual(await tryPort({ host: "0.0.0.0", port }), taken);
      const owners = await ownersOf(await listeningOn(port));
      assert.deepEqual(
        owners.map(({ pid }) => pid),
        [process.pid],
      );
      assert.match(owners[0]?.name ?? "", /^node/);
    } finally {
      server.close();
    }
  });

  test("is nowhere where no interface has the address", async () => {
    const tried = await tryPort({ host: "203.0.113.77", port: 25 });
    assert.deepEqual(tried, { kind: "no-address" });
  });
});

test("a socket of this machine is found by its path, blanks and all", async () => {
  const path = join(folder, "control socket");
  assert.equal((await listeningAt(path)).size, 0);
  const server = createServer().listen(path);
  await once(server, "listening");
  try {
    const owners = await ownersOf(await listeningAt(path));
    assert.deepEqual(
      owners.map(({ pid }) => pid),
      [process.pid],
    );
  } finally {
    server.close();
  }
});

test("tables that cannot be read, or are none, name nobody", async () => {
  const proc = join(folder, "proc");
  assert.equal((await listeningOn(25, proc)).size, 0);
  await mkdir(join(proc, "net"), { recursive: true });
  await writeFile(join(proc, "net", "tcp"), "nonsense\n\n  0: x :0019 y 0A\n");
  await writeFile(join(proc, "net", "unix"), "\0\n:\n");
  assert.equal((await listeningOn(25, proc)).size, 0);
  assert.equal((await listeningAt("/x", proc)).size, 0);
  assert.deepEqual(await ownersOf(new Set(["1"]), proc), []);
});

suite("the room for data", () => {
  test("is measured where the folder will be, and nothing is left there", async () => {
    const room = await lookAtRoom(join(folder, "a", "b"), systemClock.elapsed);
    assert.ok("free" in room && room.free > 0);
    assert.ok("median" in room.sync && room.sync.median >= 0);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });

  test("is not known of a file, nor of what this user may not write", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    assert.deepEqual(await lookAtRoom(file, systemClock.elapsed), { unknown: `${file} is a file` });
    const closed = join(folder, "closed");
    await mkdir(closed, { mode: 0o755 });
    const room = await asNobody(() => lookAtRoom("/usr", systemClock.elapsed));
    assert.ok("free" in room && "unknown" in room.sync && /EACCES|EROFS/.test(room.sync.unknown));
  });
});

test("the clock's keeper is seen by its mark, or by its name among the programs", async () => {
  const root = join(folder, "root");
  assert.equal(await findClockKeeper(root), undefined);
  await mkdir(join(root, "proc", "12"), { recursive: true });
  await mkdir(join(root, "proc", "34"));
  await writeFile(join(root, "proc", "12", "comm"), "bash\n");
  assert.equal(await findClockKeeper(root), undefined);
  await writeFile(join(root, "proc", "34", "comm"), "systemd-timesyn\n");
  assert.equal(await findClockKeeper(root), "systemd-timesyncd");
  await writeFile(join(root, "proc", "34", "comm"), "chronyd\n");
  assert.equal(await findClockKeeper(root), "chronyd");
});
