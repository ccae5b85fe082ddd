// What sets this machine's clock, by the marks and programs that tell of it.

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

const marks: readonly (readonly [path: string, keeper: string])[] = [
  ["run/systemd/timesync/synchronized", "systemd-timesyncd"],
];

const keepers: ReadonlySet<string> = new Set([
  "chronyd",
  "ntpd",
  "openntpd",
  "ntpsec",
  "systemd-timesyn", // the kernel keeps 15 characters
  "ntpclient",
  "ptp4l",
  "phc2sys",
  "VBoxService",
  "vmtoolsd",
]);

/** Its name; undefined where none is seen.
 * @param root folder in which `proc` and `run` are looked for: `/`, but for tests */
export async function findClockKeeper(root = "/"): Promise<string | undefined> {
  for (const [path, keeper] of marks) {
    // oxlint-disable-next-line no-await-in-loop -- one
    const isThere = await stat(join(root, path)).catch(() => undefined);
    if (isThere !== undefined) return keeper;
  }
  const proc = join(root, "proc");
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^[0-9]+$/.test(name));
  const names = await Promise.all(
    pids.map((pid) => readFile(join(proc, pid, "comm"), "latin1").catch(() => "")),
  );
  const found = names.map((name) => name.trim()).find((name) => keepers.has(name));
  return found === "systemd-timesyn" ? "systemd-timesyncd" : found;
}
