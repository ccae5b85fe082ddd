// Installations in a few lines, for tests.

import type { InstalledFile } from "./file.ts";
import { type Finding, formatAt, Report } from "./report.ts";
import type { DotQmail, Toaster, VpopmailDomain, VpopmailUser } from "./toaster.ts";
import { type Translation, translate } from "./translate.ts";

export function file(path: string, text: string): InstalledFile {
  return { path, text };
}

/** Control files by name. */
export function control(files: Readonly<Record<string, string>>): Toaster["control"] {
  return new Map(
    Object.entries(files).map(([name, text]) => [name, file(`/var/qmail/control/${name}`, text)]),
  );
}

/** Only what is given is there; `me` is, unless `control` is given. */
export function toaster(parts: Partial<Toaster> = {}): Toaster {
  return {
    qmail: "/var/qmail",
    vpopmail: "/home/vpopmail",
    control: control({ me: "mail.example.org\n" }),
    assign: undefined,
    aliases: [],
    scripts: [],
    watcher: undefined,
    crontabs: [],
    headers: [],
    imap: undefined,
    rules: undefined,
    compiledRules: undefined,
    openSmtp: undefined,
    defaultDomain: undefined,
    domains: [],
    databaseFile: undefined,
    databaseSocket: undefined,
    database: undefined,
    realPath: (installed) => installed,
    ...parts,
  };
}

export function run(name: string, text: string): InstalledFile {
  return file(`/var/qmail/supervise/${name}/run`, text);
}

export function user(name: string, parts: Partial<VpopmailUser> = {}): VpopmailUser {
  return {
    name,
    password: "$1$x$y",
    keepsClear: false,
    hasQuota: false,
    flags: 0,
    folder: `/home/vpopmail/domains/example.org/${name}`,
    hasMaildir: true,
    dotQmail: undefined,
    at: { path: "vpasswd", line: 1 },
    ...parts,
  };
}

/** @param files `.qmail-NAME` by NAME */
export function domain(
  name: string,
  users: readonly VpopmailUser[],
  files: Readonly<Record<string, string>> = {},
): VpopmailDomain {
  const folder = `/home/vpopmail/domains/${name}`;
  return { name, links: [], folder, users, dotQmails: dotQmails(folder, files) };
}

export function dotQmails(
  folder: string,
  files: Readonly<Record<string, string>>,
): readonly DotQmail[] {
  return Object.entries(files).map(([name, text]) => ({
    name,
    path: `${folder}/.qmail-${name}`,
    text,
  }));
}

export interface Translated extends Translation {
  readonly findings: readonly Finding[];
  /** `fate path:line: text`, each. */
  readonly said: readonly string[];
}

export function translated(parts: Partial<Toaster> = {}): Translated {
  const report = new Report();
  const translation = translate(
    toaster(parts),
    (stored) => (stored === "*" ? "it is no hash" : undefined),
    report,
  );
  const findings = report.findings();
  return { ...translation, findings, said: findings.map(format) };
}

function format(finding: Finding): string {
  return `${finding.fate} ${formatAt(finding)}: ${finding.text}`;
}

/** What was said of a file, or of a line of it, by the end of its path. */
export function saidOf({ findings }: Translated, place: string): readonly string[] {
  return findings
    .filter((finding) => finding.path.endsWith(place) || formatAt(finding).endsWith(place))
    .map(format);
}
