// Where the parts of an installation are: below its root, in a folder that is such a part itself, or
// where the operator says.

import { realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

export interface Located {
  readonly root: string;
  readonly qmail: string | undefined;
  readonly vpopmail: string | undefined;
  /** tcp.smtp */
  readonly rules: string | undefined;
  /** Folders that are not where they were below the root. */
  readonly outside: readonly string[];
}

export interface Places {
  readonly root: string;
  readonly qmail?: string;
  readonly vpopmail?: string;
  readonly rules?: string;
}

const qmailFolders = ["var/qmail", "usr/local/qmail", "var/lib/qmail", "etc/qmail"];

const vpopmailFolders = [
  "home/vpopmail",
  "usr/home/vpopmail",
  "usr/local/vpopmail",
  "var/vpopmail",
  "var/lib/vpopmail",
  "home/lxadmin/mail",
];

export async function locate(places: Places): Promise<Located> {
  const root = await withoutLinks(places.root);
  const qmail = places.qmail && (await withoutLinks(places.qmail));
  const vpopmail = places.vpopmail && (await withoutLinks(places.vpopmail));
  const rules = places.rules && (await withoutLinks(places.rules));
  const given = [qmail, vpopmail, rules].filter((path) => path !== undefined);
  const isQmail = await isFolder(join(root, "control"));
  const isVpopmail = await isFolder(join(root, "domains"));
  return {
    root,
    qmail: qmail ?? (isQmail ? root : await firstWith(root, qmailFolders, ["control"])),
    vpopmail:
      vpopmail ?? (isVpopmail ? root : await firstWith(root, vpopmailFolders, ["domains", "etc"])),
    rules,
    outside: [...given, ...(isQmail || isVpopmail ? [root] : [])],
  };
}

async function withoutLinks(path: string): Promise<string> {
  const whole = resolve(path);
  return realpath(whole).catch(() => whole);
}

/** `control` may be a link to /etc/qmail/control: links are followed. */
async function firstWith(
  root: string,
  candidates: readonly string[],
  parts: readonly string[],
): Promise<string | undefined> {
  for (const candidate of candidates) {
    for (const part of parts) {
      // oxlint-disable-next-line no-await-in-loop -- the first one counts
      if (await isFolder(join(root, candidate, part))) return join(root, candidate);
    }
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
