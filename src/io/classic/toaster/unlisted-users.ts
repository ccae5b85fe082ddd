// The users of a domain of which no list can be read, by the folders that they have; who is lost by
// that is told of.

import { basename, join } from "node:path";
import { listed, type Report } from "../../../core/toaster/report.ts";
import type { DotQmail } from "../../../core/toaster/toaster.ts";
import { isPossibleName, type ListedUser } from "../../../core/toaster/vpasswd.ts";
import { inBatches } from "./batches.ts";
import { namedFolders } from "./named-folders.ts";
import type { InstallationReader } from "./reader.ts";

export interface UnlistedReading {
  readonly reader: InstallationReader;
  readonly report: Report;
  /** From the database, by domain; undefined where the users are in files. */
  readonly tables: ReadonlyMap<string, readonly ListedUser[]> | undefined;
  /** Whether the installation has a database, asked or not. */
  readonly hasDatabase: boolean;
}

/** Where no list of the users can be read: who has a Maildir is one. */
export async function usersByFolder(
  { name: domain, path: folder }: { readonly name: string; readonly path: string },
  dotQmails: readonly DotQmail[],
  { reader, report, tables, hasDatabase }: UnlistedReading,
): Promise<readonly ListedUser[]> {
  const folders = await userFolders(folder, dotQmails, reader);
  const users = folders.filter(({ hasMaildir }) => hasMaildir);
  const others = folders.filter(({ hasMaildir }) => !hasMaildir);
  // Of a database that was not asked, the import has told as a whole.
  const isToldOf = hasDatabase && tables === undefined;
  const lost = isToldOf ? others : folders;
  if (lost.length > 0) {
    report.operator(
      { path: reader.installed(folder) },
      whoIsLost({ domain, users: isToldOf ? [] : users, others, hasDatabase }),
    );
  }
  return users.map(({ path }) => {
    const installed = reader.installed(path);
    return {
      name: basename(path),
      password: undefined,
      keepsClear: false,
      hasQuota: false,
      flags: 0,
      folder: installed,
      at: { path: installed },
    };
  });
}

interface UserFolder {
  readonly path: string;
  readonly hasMaildir: boolean;
}

/** Folders that a user may have had. */
async function userFolders(
  folder: string,
  dotQmails: readonly DotQmail[],
  reader: InstallationReader,
): Promise<readonly UserFolder[]> {
  // Their mail goes where the file says: those folders are mailing lists'.
  const handled = new Set(dotQmails.map(({ name }) => name.replaceAll(":", ".")));
  const paths = await namedFolders(reader, folder, isPossibleName);
  const found = await inBatches(paths, async (path) => {
    if (await reader.isFolder(join(path, "Maildir"))) return { path, hasMaildir: true };
    const name = basename(path);
    if (handled.has(name)) return undefined;
    // One of a single character is mostly one that other users' folders are spread over.
    const isUsers = name.length > 1 || (await reader.hint(join(path, ".qmail"))) !== undefined;
    return isUsers ? { path, hasMaildir: false } : undefined;
  });
  return found.filter((each) => each !== undefined);
}

interface Lost {
  readonly domain: string;
  /** With a Maildir. */
  readonly users: readonly UserFolder[];
  readonly others: readonly UserFolder[];
  readonly hasDatabase: boolean;
}

function whoIsLost({ domain, users, others, hasDatabase }: Lost): string {
  const lists = hasDatabase
    ? "no vpasswd(.cdb) that can be read, and its users are not known from the database"
    : "no vpasswd(.cdb) that can be read, and no database";
  const parts = [
    ...inWords(others, {
      one: (name) => `its user folder ${name} gets no account, so its mail would be refused`,
      many: (names) => `its user folders ${names} get no account, so their mail would be refused`,
    }),
    ...inWords(users, {
      one: (name) => `${name} has a Maildir and is taken for a user, without a password`,
      many: (names) => `${names} have a Maildir and are taken for users, without passwords`,
    }),
  ];
  return `${domain} has ${lists}; ${parts.join("; ")}: bring its list of users back and run this again, or add who is missing`;
}

interface Wording {
  readonly one: (name: string) => string;
  readonly many: (names: string) => string;
}

function inWords(folders: readonly UserFolder[], { one, many }: Wording): readonly string[] {
  if (folders.length === 0) return [];
  const names = listed(folders.map(({ path }) => basename(path)));
  return [folders.length === 1 ? one(names) : many(names)];
}
