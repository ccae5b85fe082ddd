// From root to the user that the server works as, and the data folder that is that user's alone.

import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { findUser, type SystemUser } from "./user.ts";

/** Gives root's rights up for a user's, with the groups of that user and none of root's, and makes
 * sure that there is no way back; who is not root has nothing to give up. To be called on the main
 * thread, when ports are bound. Throws where any part of it fails: the program must not go on then. */
export function becomeUser(name: string): void {
  if (!isRoot()) return;
  const { userId, groupId, groupIds } = findOrdinary(name);
  process.setgroups?.(groupIds);
  process.setgid?.(groupId);
  process.setuid?.(userId);
  if (canBecomeRoot()) throw new Error(`root's rights could be had again by the user ${name}`);
}

/** Looks at files with the rights of the user that the server will work as, and takes root's again;
 * who is not root has its own rights alone. Nothing else may be at work meanwhile. Throws where there
 * is no such user. */
export async function withRightsOf<Value>(
  name: string,
  work: () => Promise<Value>,
): Promise<Value> {
  if (!isRoot()) return work();
  const { userId, groupId, groupIds } = findOrdinary(name);
  const before = { groupId: process.getegid?.() ?? 0, groupIds: process.getgroups?.() ?? [] };
  process.setgroups?.(groupIds);
  process.setegid?.(groupId);
  process.seteuid?.(userId);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(before.groupId);
    process.setgroups?.(before.groupIds);
  }
}

function findOrdinary(name: string): SystemUser {
  const user = findUser(name);
  if (user.userId !== 0) return user;
  throw new Error(`the user ${name} is root; set \`user:\` to one without rights`);
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
 * missing or empty folder is made so; missing ones above it are made such that all can pass them. One
 * that holds files is never changed, for it may have been named by mistake; then this throws, and says
 * what to run, as it does where the user cannot pass a folder above it. */
export async function prepareDataFolder(path: string, user?: string): Promise<void> {
  const owner = ownerFor(user);
  if (user !== undefined && isRoot()) await requirePassable(path, user);
  if (isRoot()) await requireRootsLinks(path);
  await makeFolder(path);
  const { uid, mode } = await stat(path);
  const problem = findProblem(path, { uid, mode }, owner.userId);
  if (problem === undefined) return;
  if ((await readdir(path)).length > 0) throw new Error(problem);
  await giveTo(owner, path);
}

/** No link that takes the folder's place meanwhile is followed. */
async function giveTo({ userId, groupId }: Owner, path: string): Promise<void> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const folder = await open(await realpath(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    if ((await folder.stat()).uid !== userId) await folder.chown(userId, groupId);
    await folder.chmod(0o700);
  } finally {
    await folder.close();
  }
}

/** Root follows no link of anybody else's to a folder that it then gives away. */
async function requireRootsLinks(path: string): Promise<void> {
  for (const part of [...foldersAbove(path), path]) {
    // oxlint-disable-next-line no-await-in-loop -- the first that is wrong ends it
    const found = await lstat(part).catch(() => undefined);
    if (found?.isSymbolicLink() !== true || found.uid === 0) continue;
    throw new Error(
      `${part} is a link that belongs to user ${found.uid}, not to root, and could lead anywhere; ` +
        "name the folder itself in `data:`",
    );
  }
}

/** What `prepareDataFolder` would throw of folders that are there, and nothing is made or changed. Tells
 * root alone: other users may look at a configuration whose data they cannot reach. */
export async function tryDataFolder(path: string, user?: string): Promise<void> {
  if (!isRoot()) return;
  const owner = ownerFor(user);
  if (user !== undefined) await requirePassable(path, user);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw cannotBeMade(`the data folder ${path}`, "EEXIST");
  const problem = findProblem(path, found, owner.userId);
  if (problem !== undefined && (await readdir(path)).length > 0) throw new Error(problem);
}

/** Asked of the system with the user's own rights: access lists and mounts count as they do later. */
async function requirePassable(path: string, user: string): Promise<void> {
  const above = foldersAbove(path);
  const closed = await withRightsOf(user, async () => {
    for (const folder of above) {
      if ((await codeOf(stat(`${folder}/.`))) === "EACCES") return folder;
    }
    return undefined;
  });
  if (closed === undefined) return;
  throw new Error(
    `the user ${user} cannot pass the folder ${closed}, and so does not reach the data folder ` +
      `${path}; run: chmod o+x ${closed}, or name another folder in \`data:\``,
  );
}

/** From the root down. */
function foldersAbove(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [...foldersAbove(folder), folder];
}

async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  const made = await mkdir(parent, { recursive: true, mode: 0o755 }).catch((cause: unknown) => {
    throw cannotBeMade(`the folder ${parent} above the data folder`, cause);
  });
  // Whatever the umask says: a server that gives root's rights up must be able to pass them.
  const isNew = (folder: string) => made !== undefined && folder.length >= made.length;
  for (const folder of foldersAbove(path).filter(isNew)) await chmod(folder, 0o755);
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw cannotBeMade(`the data folder ${path}`, cause);
  });
}

function cannotBeMade(what: string, cause: unknown): Error {
  const code = codeOfError(cause);
  const problem = code === "EEXIST" ? "is a file" : `cannot be made (${code})`;
  const advice = "correct `data:`, or make a folder there that this program's user may write to";
  return new Error(`${what} ${problem}; ${advice}`, { cause });
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(() => undefined, codeOfError);
}

function codeOfError(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
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
