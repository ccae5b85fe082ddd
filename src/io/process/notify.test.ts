import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { notifyServiceManager, watchdogInterval } from "./notify.ts";

test("nothing is done where nobody wants to know", async () => {
  await notifyServiceManager("ready", { PATH: "/nowhere" });
});

test("each state goes to systemd-notify in sd_notify's words", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-notify-"));
  context.after(() => rm(folder, { recursive: true }));
  // Stands in for systemd's program, which is not on every machine, and needs a systemd to talk to.
  const script = '#!/bin/sh\necho "$NOTIFY_SOCKET" "$@" >> "${0%/*}/said"\n';
  await writeFile(join(folder, "systemd-notify"), script, { mode: 0o755 });
  const environment = { PATH: `${folder}:/usr/bin:/bin`, NOTIFY_SOCKET: "/run/notify" };
  await notifyServiceManager("ready", environment);
  await notifyServiceManager("reloading", environment);
  await notifyServiceManager("stopping", environment);
  await notifyServiceManager("alive", environment);
  const [ready, reloading, stopping, alive] = (await readFile(join(folder, "said"), "utf8")).split(
    "\n",
  );
  assert.equal(ready, "/run/notify READY=1");
  assert.match(reloading ?? "", /^\/run\/notify RELOADING=1 MONOTONIC_USEC=[0-9]+$/);
  assert.equal(stopping, "/run/notify STOPPING=1");
  assert.equal(alive, "/run/notify WATCHDOG=1");
});

test("a failure is not hidden", async () => {
  const environment = { PATH: "/nowhere", NOTIFY_SOCKET: "/run/notify" };
  await assert.rejects(notifyServiceManager("ready", environment), { code: "ENOENT" });
});

test("the watchdog hears of us thrice in its time, if it is ours", () => {
  assert.equal(watchdogInterval({ WATCHDOG_USEC: "180000000" }, 7), 60_000);
  assert.equal(watchdogInterval({ WATCHDOG_USEC: "3000", WATCHDOG_PID: "7" }, 7), 1);
  assert.equal(watchdogInterval({ WATCHDOG_USEC: "3000", WATCHDOG_PID: "8" }, 7), undefined);
  for (const value of ["", "0", "-1", "soon"]) {
    assert.equal(watchdogInterval({ WATCHDOG_USEC: value }, 7), undefined);
  }
  assert.equal(watchdogInterval({}, 7), undefined);
});
