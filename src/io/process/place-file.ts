// Puts a new file in its place as a whole: it is there with all of its content, or not at all.

import { chmod, chown, link, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorText } from "../../core/error-text.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { errorCode } from "../error-code.ts";

export interface PlaceOptions {
  readonly path: string;
  readonly octets: Uint8Array;
  readonly mode: number;
  /** Whose it will be; absent: ours. */
  readonly owner?: { readonly userId: number; readonly groupId: number };
  /** Whether it takes the place of a file that is there; else that one is left alone. */
  readonly replaces: boolean;
}

export type Placed = "written" | "there";

/** The problem says what to do. */
export async function placeFile(options: PlaceOptions): Promise<Result<Placed, string>> {
  const { path } = options;
  try {
    await sweep(path);
    return good(await place(options));
  } catch (error) {
    return bad(`${path} cannot be written: ${whyNotWritten(dirname(path), error)}`);
  }
}

/** Never readable by others than `mode` says, not for a moment. */
async function place({ path, octets, mode, owner, replaces }: PlaceOptions): Promise<Placed> {
  const temporary = join(dirname(path), temporaryName(path, process.pid));
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(octets);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(temporary, mode);
    if (owner !== undefined) await chown(temporary, owner.userId, owner.groupId);
    // A link never takes another file's place, however late that came.
    await (replaces ? rename(temporary, path) : link(temporary, path));
    return "written";
  } catch (error) {
    if (errorCode(error) === "EEXIST") return "there";
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

function temporaryName(path: string, pid: number | string): string {
  return `.${basename(path)}.${pid}.tmp`;
}

/** Takes away what those left that were killed while they wrote. */
async function sweep(path: string): Promise<void> {
  const folder = dirname(path);
  const [before = "", after = ""] = temporaryName(path, "*").split("*");
  for (const name of await readdir(folder)) {
    if (!name.startsWith(before) || !name.endsWith(after)) continue;
    const pid = Number(name.slice(before.length, -after.length));
    // oxlint-disable-next-line no-await-in-loop -- there is mostly none
    if (pid === process.pid || (Number.isInteger(pid) && !isAlive(pid)))
      await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** The system names a file of which nobody has heard. */
export function whyNotWritten(folder: string, error: unknown): string {
  switch (errorCode(error)) {
    case "ENOENT":
      return `there is no folder ${folder}; make it first`;
    case "ENOTDIR":
    case "EEXIST":
      return `${folder} is no folder`;
    case "EACCES":
    case "EPERM":
      return `this user may not write in the folder ${folder}`;
    case "EROFS":
      return `the folder ${folder} is on a file system that is read-only`;
    case "ENOSPC":
    case "EDQUOT":
      return `there is no space left in ${folder}`;
    default:
      return errorText(error);
  }
}
