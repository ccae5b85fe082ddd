// From root to the user that the server works as, and the data folder that is that user's alone.

import { chmod, chown, mkdir, readdir, stat } from "node:fs/promises";
import { findUser } from "./user.ts";

/** Gives root's rights up for a user's, with the groups of that user and none of root's, and makes
 * sure that there is no way back; who is not root has nothing to give up. To be called on the main
 * thread, when ports are bound. Throws where any part of it fails: the program must not go on then. */
export function becomeUser(name: string): void {
  if (!isRoot()) return;
  const { userId, groupId, groupIds } = findUser(name);
  if (userId === 0)
    throw new Error(`the user ${name} is root; set \`user:\` to one without rights`);
  process.setgroups?.(groupIds);
  process.setgid?.(groupId);
  process.setuid?.(userId);
  if (canBecomeRoot()) throw new Error(`root's rights could be had again by the user ${name}`);
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

function canBecomeRoot(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    return isRoot() || process.getuid?.() === 0;
  }
}

/** Makes sure that the folder exists, belongs to the user that the server will work as (`user` if we
 * are root now, else ourselves), and is closed to all others (0700): it holds mail and secrets. A
 * missing or empty folder is made so. One that holds files is never changed, for it may have been
 * named by mistake; then this throws, and says what to run. */
export async function prepareDataFolder(path: string, user?: string): Promise<void> {
  const owner = ownerFor(user);
  await makeFolder(path);
  const { uid, mode } = await stat(path);
  const problem = findProblem(path, { uid, mode }, owner.userId);
  if (problem === undefined) return;
  if ((await readdir(path)).length > 0) throw new Error(problem);
  if (uid !== owner.userId) await chown(path, owner.userId, owner.groupId);
  await chmod(path, 0o700);
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    const problem = code === "EEXIST" ? "is a file" : `cannot be made (${code})`;
    const advice = "correct `data:`, or make a folder there that this program's user may write to";
    throw new Error(`the data folder ${path} ${problem}; ${advice}`, { cause });
  }
}

interface Owner {
  readonly userId: number;
  readonly groupId: number;
}

function ownerFor(user: string | undefined): Owner {
  if (user !== undefined && isRoot()) return findUser(user);
  return { userId: process.geteuid?.() ?? 0, groupId: process.getegid?.() ?? 0 };
}

function findProblem(
  path: string,
  { uid, mode }: { readonly uid: number; readonly mode: number },
  userId: number,
): string | undefined {
  if (uid !== userId) {
    return (
      `the data folder ${path} belongs to user ${uid}, but the server works as user ${userId}; ` +
      `if it is this server's data, run: chown -R ${userId} ${path}`
    );
  }
  if ((mode & 0o077) === 0) return undefined;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  return (
    `the data folder ${path} is open to other users (mode ${octal}), and it holds mail; ` +
    `run: chmod 0700 ${path}`
  );
}
