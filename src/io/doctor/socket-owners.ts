// Which programs hold a socket that listens, out of the kernel's tables in /proc. As another user than
// root one sees one's own programs alone; what cannot be read is not there.

import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";

export interface Owner {
  readonly pid: number;
  /** `master` for Postfix: the kernel keeps 15 characters of the program's own name. */
  readonly name: string;
}

/** The inodes of sockets that listen on a port, whatever the address. */
export async function listeningOn(port: number, proc = "/proc"): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readText(join(proc, "net", name))),
  );
  const listens = "0A";
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const inodes = tables.flatMap((table) =>
    rows(table).flatMap(([, local = "", , state, , , , , , inode]) =>
      state === listens && local.endsWith(suffix) && inode !== undefined ? [inode] : [],
    ),
  );
  return new Set(inodes);
}

/** The inodes of sockets that listen at a path of this machine. */
export async function listeningAt(path: string, proc = "/proc"): Promise<ReadonlySet<string>> {
  const table = rows(await readText(join(proc, "net", "unix")));
  const inodes = table.flatMap(([, , , , , , inode, ...words]) =>
    words.join(" ") === path && inode !== undefined ? [inode] : [],
  );
  return new Set(inodes);
}

/** Who holds one of the sockets, as far as this user may see. */
export async function ownersOf(
  inodes: ReadonlySet<string>,
  proc = "/proc",
): Promise<readonly Owner[]> {
  if (inodes.size === 0) return [];
  const pids = (await names(proc)).filter((name) => /^[0-9]+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      if (!(await holds(join(proc, pid, "fd"), inodes))) return [];
      return [{ pid: Number(pid), name: await nameOf(join(proc, pid)) }];
    }),
  );
  return found.flat();
}

/** The kernel's name for it; Node.js calls its first thread so, which says nothing. */
async function nameOf(folder: string): Promise<string> {
  const name = (await readText(join(folder, "comm"))).trim();
  if (name !== "MainThread") return name;
  const [program = name, script = ""] = (await readText(join(folder, "cmdline"))).split("\0");
  const words = [program, ...(script.startsWith("-") ? [] : [script])];
  return words
    .map((word) => basename(word))
    .join(" ")
    .trim();
}

async function holds(folder: string, inodes: ReadonlySet<string>): Promise<boolean> {
  for (const descriptor of await names(folder)) {
    // One after the other: a server may hold thousands.
    // oxlint-disable-next-line no-await-in-loop
    const target = await readlink(join(folder, descriptor)).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

function rows(table: string): readonly (readonly string[])[] {
  return table.split("\n").map((line) => line.trim().split(/\s+/));
}

function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

function readText(path: string): Promise<string> {
  return readFile(path, "latin1").catch(() => "");
}
