// Reads an installation of qmail and vpopmail as a whole, and changes nothing in it.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readDatabaseFile } from "../../../core/toaster/database-file.ts";
import type { InstalledFile } from "../../../core/toaster/file.ts";
import { Report } from "../../../core/toaster/report.ts";
import { findServices } from "../../../core/toaster/services.ts";
import type { Toaster, VpopmailDomain } from "../../../core/toaster/toaster.ts";
import { readAssign } from "../../../core/toaster/virtual-domains.ts";
import { type DomainFolder, findDomainFolders, readDomain, readDotQmails } from "./domains.ts";
import { locate, type Places } from "./locate.ts";
import { InstallationReader } from "./reader.ts";
import { readControl, readScripts, readVpopmailFiles } from "./settings-files.ts";
import { readTables, type TableContent } from "./tables.ts";

export interface ReadOptions extends Places {
  /** Whether vpopmail's database may be asked. */
  readonly askDatabase: boolean;
}

/** What cannot be read is told of in the report. */
export async function readToaster(options: ReadOptions, report: Report): Promise<Toaster> {
  const located = await locate(options);
  const { root, qmail, vpopmail, outside } = located;
  const reader = new InstallationReader({ root, outside, report });
  const control = qmail === undefined ? new Map() : await readControl(qmail, reader);
  const scripts = await readScripts(located, reader);
  const services = findServices({ control, scripts: scripts.scripts });
  const served = services.find(({ kind }) => kind === "mx")?.rules;
  const files = await readVpopmailFiles(located, served, reader);
  const databaseSocket = root === "/" ? await findSocket() : undefined;
  const database = options.askDatabase
    ? await askDatabase(files.databaseFile, databaseSocket, report)
    : undefined;
  const assign = qmail === undefined ? undefined : await reader.file(join(qmail, "users/assign"));
  const hasDatabase = files.databaseFile !== undefined;
  const reading = { reader, report, assign, tables: database?.users, hasDatabase };
  return {
    qmail: qmail && reader.installed(qmail),
    vpopmail: vpopmail && reader.installed(vpopmail),
    control,
    assign,
    aliases: qmail === undefined ? [] : await readDotQmails(join(qmail, "alias"), reader),
    ...scripts,
    ...files,
    domains: vpopmail === undefined ? [] : await readDomains({ ...reading, vpopmail }),
    databaseSocket,
    database,
    realPath: (installed) => reader.real(installed),
  };
}

/** Where the database servers of several systems listen. */
const sockets = [
  "/run/mysqld/mysqld.sock",
  "/var/run/mysqld/mysqld.sock",
  "/var/lib/mysql/mysql.sock",
  "/tmp/mysql.sock",
];

async function findSocket(): Promise<string | undefined> {
  for (const path of sockets) {
    // oxlint-disable-next-line no-await-in-loop -- the first one counts
    const isSocket = await stat(path).then(
      (found) => found.isSocket(),
      () => false,
    );
    if (isSocket) return path;
  }
  return undefined;
}

async function askDatabase(
  file: InstalledFile | undefined,
  socket: string | undefined,
  report: Report,
): Promise<TableContent | undefined> {
  // What is wrong with the file is told of when it is translated.
  const access = readDatabaseFile(file, socket, new Report());
  if (access === undefined) return undefined;
  const content = await readTables(access);
  if (!content.ok) {
    report.operator(
      access.at,
      `the database does not answer (${content.problem}); who has a Maildir is taken for a user, and aliases in the database are left out: run this again where it answers`,
    );
    return undefined;
  }
  const { oddities } = content.value;
  if (oddities > 0) {
    report.operator(
      access.at,
      `${oddities} rows of its users have no name or no domain that can be; they are left out`,
    );
  }
  return content.value;
}

interface DomainsReading {
  readonly reader: InstallationReader;
  readonly report: Report;
  readonly vpopmail: string;
  readonly assign: InstalledFile | undefined;
  readonly tables: TableContent["users"] | undefined;
  readonly hasDatabase: boolean;
}

async function readDomains(reading: DomainsReading): Promise<readonly VpopmailDomain[]> {
  const { reader, vpopmail, tables } = reading;
  const found = await findDomainFolders(reader, join(vpopmail, "domains"));
  const elsewhere = await foldersElsewhere(found, reading);
  const known = new Set([...found, ...elsewhere].map(({ name }) => name));
  // In the table alone: its folder is not there (any more).
  const folderless = [...(tables?.keys() ?? [])].flatMap((name) =>
    known.has(name) ? [] : [{ name, links: [], path: join(vpopmail, "domains", name) }],
  );
  const domains: VpopmailDomain[] = [];
  for (const folder of [...found, ...elsewhere, ...folderless]) {
    // oxlint-disable-next-line no-await-in-loop -- each looks at many files at once
    domains.push(await readDomain(folder, reading));
  }
  return domains;
}

/** Domains that users/assign knows in a folder of their own. */
async function foldersElsewhere(
  found: readonly DomainFolder[],
  { assign, reader }: DomainsReading,
): Promise<readonly DomainFolder[]> {
  const known = new Set(found.flatMap(({ name, links }) => [name, ...links]));
  const folders: DomainFolder[] = [];
  for (const [name, { real, folder }] of readAssign(assign, new Report()).domains) {
    if (name !== real || known.has(name) || folder.split("/").includes("..")) continue;
    const path = reader.real(folder);
    // oxlint-disable-next-line no-await-in-loop -- few
    if (await reader.isFolder(path)) folders.push({ name, links: [], path });
  }
  return folders;
}
