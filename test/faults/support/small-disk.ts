// A disk that is full as soon as the test wants it.

import { execFile } from "node:child_process";
import { mkdtemp, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Cleanup } from "../../support/cleanup.ts";

const run = promisify(execFile);

export interface SmallDisk {
  readonly folder: string;
  /** Takes all the space that is left but for so many octets. */
  fill(left: number): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
}

/** Why there can be none here; false where there can. */
export async function noSmallDisk(): Promise<string | false> {
  if (process.geteuid?.() !== 0) return "mounting a tmpfs needs root";
  const able = await run("unshare", ["--mount", "true"]).then(
    () => true,
    () => false,
  );
  return able ? false : "this container may not mount a tmpfs";
}

/** Mounts one that holds so many octets; it is gone after the test. */
export async function mountSmallDisk(cleanup: Cleanup, octets: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-disk-"));
  await run("mount", ["-t", "tmpfs", "-o", `size=${octets},mode=0700`, "tmpfs", folder]);
  cleanup.after(async () => {
    await run("umount", ["--lazy", folder]); // even if the server still has files open there
    await rmdir(folder);
  });
  const ballast = join(folder, "ballast");
  return {
    folder,
    async fill(left) {
      const { stdout } = await run("df", ["--output=avail", "--block-size=1", folder]);
      const available = Number(stdout.split("\n")[1]);
      await writeFile(ballast, Buffer.alloc(Math.max(0, available - left)));
    },
    free: () => rm(ballast, { force: true }),
  };
}
