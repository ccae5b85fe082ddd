// vpopmail's domains and their users, by the folders that they have.

import { lstat, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseDomain } from "../../../core/mail/domain.ts";
import type { DotQmail, VpopmailDomain, VpopmailUser } from "../../../core/toaster/toaster.ts";
import { type ListedUser, readVpasswd, readVpasswdCdb } from "../../../core/toaster/vpasswd.ts";
import { runInSlices } from "../../process/slices.ts";
import { inBatches } from "./batches.ts";
import { namedFolders } from "./named-folders.ts";
import type { InstallationReader } from "./reader.ts";
import { type UnlistedReading, usersByFolder } from "./unlisted-users.ts";

export interface DomainFolder {
  readonly name: string;
  readonly links: readonly string[];
  /** On this host. */
  readonly path: string;
}

/** Octets: some 500,000 users. */
const largestTable = 128 * 1024 * 1024;

/** All domains' folders below `domains`, each once, with the links to it. */
export async function findDomainFolders(
  reader: InstallationReader,
  domains: string,
): Promise<readonly DomainFolder[]> {
  const found = await namedFolders(reader, domains, isDomainName);
  const byPlace = new Map<string, string[]>();
  for (const path of found) {
    // oxlint-disable-next-line no-await-in-loop -- few, and their order counts
    const place = await realpath(path).catch(() => path);
    byPlace.set(place, [...(byPlace.get(place) ?? []), path]);
  }
  const folders: DomainFolder[] = [];
  for (const [place, paths] of byPlace) {
    const named = paths.find((path) => basename(path) === basename(place));
    // oxlint-disable-next-line no-await-in-loop
    const path = named ?? (await firstNotLinked(paths)) ?? paths[0] ?? place;
    const links = paths.filter((other) => other !== path).map((other) => basename(other));
    folders.push({ name: basename(path), links, path });
  }
  return folders.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function isDomainName(name: string): boolean {
  return name.includes(".") && !name.startsWith(".") && parseDomain(name) === name;
}

async function firstNotLinked(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    // oxlint-disable-next-line no-await-in-loop
    const isLink = await lstat(path).then(
      (found) => found.isSymbolicLink(),
      () => true,
    );
    if (!isLink) return path;
  }
  return undefined;
}

export interface DomainReading extends UnlistedReading {
  /** vpopmail's folder on this host; users' folders are looked for there. */
  readonly vpopmail: string;
}

export async function readDomain(
  folder: DomainFolder,
  reading: DomainReading,
): Promise<VpopmailDomain> {
  const { reader, tables } = reading;
  const dotQmails = await readDotQmails(folder.path, reader);
  const listed = tables?.get(folder.name) ?? (await readUsers(folder.path, reading));
  const users = listed ?? (await usersByFolder(folder, dotQmails, reading));
  return {
    name: folder.name,
    links: folder.links,
    folder: reader.installed(folder.path),
    users: await inBatches(users, (user) => lookAt(user, reading)),
    dotQmails,
  };
}

/** As vchkpw does: the compiled file where there is one. Undefined where there is neither. */
async function readUsers(
  folder: string,
  { reader, report }: DomainReading,
): Promise<readonly ListedUser[] | undefined> {
  const compiled = await reader.file(join(folder, "vpasswd.cdb"), largestTable);
  if (compiled !== undefined) {
    const users = await runInSlices(readVpasswdCdb(compiled, report));
    if (users.ok) return users.value;
    report.operator(compiled, `${users.problem}; make it again with vmkpasswd`);
  }
  const text = await reader.file(join(folder, "vpasswd"), largestTable);
  return text && runInSlices(readVpasswd(text, report));
}

async function lookAt(
  user: ListedUser,
  { reader, vpopmail }: DomainReading,
): Promise<VpopmailUser> {
  const path = await realFolder(user.folder, reader, vpopmail);
  if (path === undefined) return { ...user, hasMaildir: false, dotQmail: undefined };
  return {
    ...user,
    folder: reader.installed(path),
    hasMaildir: await reader.isFolder(join(path, "Maildir")),
    dotQmail: await reader.file(join(path, ".qmail")),
  };
}

/** A user's folder on this host: where its entry says, or in vpopmail's folder if that was moved. */
async function realFolder(
  folder: string,
  reader: InstallationReader,
  vpopmail: string,
): Promise<string | undefined> {
  if (folder.split("/").includes("..")) return undefined;
  const direct = reader.real(folder);
  if (await reader.isFolder(direct)) return direct;
  const below = /\/domains\/(.+)$/.exec(folder)?.[1];
  if (below === undefined) return undefined;
  const moved = join(vpopmail, "domains", below);
  return (await reader.isFolder(moved)) ? moved : undefined;
}

/** Octets of one .qmail file. */
const largestDotQmail = 1024 * 1024;

/** All `.qmail-NAME` of a folder. */
export async function readDotQmails(
  folder: string,
  reader: InstallationReader,
): Promise<readonly DotQmail[]> {
  const names = (await reader.names(folder)).filter((name) => /^\.qmail-./.test(name));
  const files = await inBatches(names, async (name) => {
    const file = await reader.file(join(folder, name), largestDotQmail);
    return file && { ...file, name: name.slice(".qmail-".length) };
  });
  return files.filter((file) => file !== undefined);
}
