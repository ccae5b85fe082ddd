// The place where data lies, or would: how much is free there, and how long a sync takes.

import { open, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RoomFacts } from "../../core/doctor/disk.ts";
import { errorText } from "../../core/error-text.ts";
import { errorCode } from "../error-code.ts";

/** <linux/magic.h> */
const memory = new Set([0x01021994, 0x858458f6]);
const writes = 5;
const block = Buffer.alloc(4_096, 1);

/** Of a folder, or of the nearest one above it that is there. Never rejects.
 * @param elapsed monotonic milliseconds */
export async function lookAtRoom(
  path: string,
  elapsed: () => number,
): Promise<RoomFacts | { readonly unknown: string }> {
  try {
    const folder = await nearest(path);
    const { bavail, bsize, type } = await statfs(folder);
    const isMemory = memory.has(type);
    return { free: bavail * bsize, isMemory, sync: await timeSyncs(folder, elapsed) };
  } catch (error) {
    return { unknown: errorText(error) };
  }
}

async function nearest(path: string): Promise<string> {
  try {
    if ((await stat(path)).isDirectory()) return path;
    throw new Error(`${path} is a file`);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" || dirname(path) === path) throw error;
    return nearest(dirname(path));
  }
}

async function timeSyncs(folder: string, elapsed: () => number): Promise<RoomFacts["sync"]> {
  const path = join(folder, `.bailiwick-doctor.${process.pid}.tmp`);
  try {
    const file = await open(path, "wx", 0o600);
    try {
      const times: number[] = [];
      for (let index = 0; index < writes; index++) {
        const begun = elapsed();
        // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
        await file.write(block);
        // oxlint-disable-next-line no-await-in-loop
        await file.sync();
        times.push(elapsed() - begun);
      }
      return { median: times.toSorted((one, other) => one - other)[writes >> 1] ?? 0 };
    } finally {
      await file.close();
    }
  } catch (error) {
    return { unknown: errorText(error) };
  } finally {
    await rm(path, { force: true }).catch(() => {});
  }
}
