// The files of an installation by kind: control files, run scripts, address rules, and what only gives
// hints.

import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { InstalledFile } from "../../../core/toaster/file.ts";
import type { Toaster } from "../../../core/toaster/toaster.ts";
import type { Located } from "./locate.ts";
import type { InstallationReader } from "./reader.ts";

export async function readControl(
  qmail: string,
  reader: InstallationReader,
): Promise<ReadonlyMap<string, InstalledFile>> {
  const folder = join(qmail, "control");
  const files = new Map<string, InstalledFile>();
  for (const name of await reader.names(folder)) {
    const path = join(folder, name);
    // oxlint-disable-next-line no-await-in-loop -- a few dozen
    if (await reader.isFolder(path)) {
      files.set(name, { path: reader.installed(path), text: "a folder\n" });
      continue;
    }
    // oxlint-disable-next-line no-await-in-loop
    const file = await reader.file(path);
    if (file !== undefined) files.set(name, file);
  }
  return files;
}

type Scripts = Pick<Toaster, "scripts" | "watcher" | "crontabs" | "headers" | "imap">;

export async function readScripts(
  { root, qmail, vpopmail }: Located,
  reader: InstallationReader,
): Promise<Scripts> {
  const supervised = qmail === undefined ? [] : await runScripts(join(qmail, "supervise"), reader);
  const others = supervised.length > 0 ? [] : await runScriptsElsewhere(root, reader);
  const include = vpopmail === undefined ? undefined : join(vpopmail, "include");
  return {
    scripts: [...supervised, ...others],
    watcher: (
      await firstOf(
        watchers.map((path) => join(root, path)),
        reader,
      )
    )[0],
    crontabs: await readCrontabs(root, reader),
    imap: await findImap(root, reader),
    headers:
      include === undefined
        ? []
        : await firstOf(
            ["vpopmail_config.h", "config.h"].map((name) => join(include, name)),
            reader,
          ),
  };
}

const watchers = [
  "usr/local/etc/toaster-watcher.conf",
  "etc/toaster-watcher.conf",
  "opt/local/etc/toaster-watcher.conf",
];

const imapSettings = [
  "etc/dovecot/dovecot.conf",
  "usr/local/etc/dovecot/dovecot.conf",
  "etc/courier/imapd",
  "etc/courier-imap/imapd",
  "usr/local/etc/courier-imap/imapd",
  "usr/lib/courier-imap/etc/imapd",
];

async function findImap(root: string, reader: InstallationReader): Promise<string | undefined> {
  for (const path of imapSettings) {
    // oxlint-disable-next-line no-await-in-loop -- the first that there is counts
    const file = await reader.hint(join(root, path));
    if (file !== undefined) return file.path;
  }
  return undefined;
}

/** The folders of svscan mostly hold links to those of supervise. */
async function runScriptsElsewhere(
  root: string,
  reader: InstallationReader,
): Promise<readonly InstalledFile[]> {
  for (const folder of ["service", "var/service", "etc/service"]) {
    // oxlint-disable-next-line no-await-in-loop -- the first that there is counts
    const found = await runScripts(join(root, folder), reader);
    if (found.length > 0) return found;
  }
  return [];
}

async function runScripts(
  folder: string,
  reader: InstallationReader,
): Promise<readonly InstalledFile[]> {
  const scripts = new Map<string, InstalledFile>();
  for (const name of await reader.names(folder)) {
    const path = join(folder, name, "run");
    // oxlint-disable-next-line no-await-in-loop -- a few
    const script = await reader.file(path);
    // oxlint-disable-next-line no-await-in-loop
    const place = await realpath(path).catch(() => path);
    if (script !== undefined) scripts.set(place, script);
  }
  return [...scripts.values()];
}

async function readCrontabs(
  root: string,
  reader: InstallationReader,
): Promise<readonly InstalledFile[]> {
  const folders = ["var/spool/cron", "var/spool/cron/crontabs", "var/cron/tabs", "etc/cron.d"];
  const paths = [join(root, "etc/crontab")];
  for (const folder of folders) {
    // oxlint-disable-next-line no-await-in-loop
    const names = await reader.hintNames(join(root, folder));
    paths.push(...names.map((name) => join(root, folder, name)));
  }
  const files = await Promise.all(paths.slice(0, 200).map((path) => reader.hint(path)));
  return files.filter((file) => file !== undefined);
}

async function firstOf(
  paths: readonly string[],
  reader: InstallationReader,
): Promise<readonly InstalledFile[]> {
  for (const path of paths) {
    // oxlint-disable-next-line no-await-in-loop
    const file = await reader.file(path);
    if (file !== undefined) return [file];
  }
  return [];
}

/** Octets of compiled or written rules. */
const largestRules = 64 * 1024 * 1024;

type Rules = Pick<
  Toaster,
  "rules" | "compiledRules" | "openSmtp" | "defaultDomain" | "databaseFile"
>;

/** @param served the compiled rules that the server on port 25 reads, where its script says so */
export async function readVpopmailFiles(
  { qmail, vpopmail, rules }: Located,
  served: string | undefined,
  reader: InstallationReader,
): Promise<Rules> {
  const etc = vpopmail === undefined ? undefined : join(vpopmail, "etc");
  const inEtc = (name: string, limit?: number) =>
    etc === undefined ? Promise.resolve(undefined) : reader.file(join(etc, name), limit);
  const ran = served?.startsWith("/") === true ? [reader.real(served.replace(/\.cdb$/, ""))] : [];
  const named = rules ?? (await findRules([...ran, ...usualRules(etc, qmail)], reader));
  const isCompiled = named?.endsWith(".cdb") === true;
  const text =
    named === undefined || isCompiled ? undefined : await reader.file(named, largestRules);
  const compiled = named && (isCompiled ? named : `${named}.cdb`);
  return {
    rules: text,
    compiledRules: compiled === undefined ? undefined : await reader.file(compiled, largestRules),
    openSmtp: await inEtc("open-smtp", largestRules),
    defaultDomain: await inEtc("defaultdomain"),
    databaseFile: await inEtc("vpopmail.mysql"),
  };
}

/** vpopmail's own place, then those of qmail alone. */
function usualRules(etc: string | undefined, qmail: string | undefined): readonly string[] {
  const alone = ["control/tcp.smtp", "../../etc/tcp.smtp", "../../etc/tcprules.d/tcp.smtp"];
  return [
    ...(etc === undefined ? [] : [join(etc, "tcp.smtp")]),
    ...(qmail === undefined ? [] : alone.map((path) => join(qmail, path))),
  ];
}

/** The first that there is, as text or compiled; else the first, so that it is told of if it cannot be
 * read. */
async function findRules(
  candidates: readonly string[],
  reader: InstallationReader,
): Promise<string | undefined> {
  for (const path of candidates) {
    for (const form of [path, `${path}.cdb`]) {
      // oxlint-disable-next-line no-await-in-loop
      if ((await reader.hint(form)) !== undefined) return path;
    }
  }
  return candidates[0];
}
