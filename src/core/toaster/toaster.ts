// An installation as it was read: files with their text, before anything is made of them.

import type { InstalledFile } from "./file.ts";
import type { At } from "./report.ts";

export interface Toaster {
  /** qmail's folder, mostly /var/qmail; undefined where there is none. */
  readonly qmail: string | undefined;
  /** vpopmail's folder, mostly /home/vpopmail. */
  readonly vpopmail: string | undefined;
  /** The files of `control` by name. */
  readonly control: ReadonlyMap<string, InstalledFile>;
  /** users/assign */
  readonly assign: InstalledFile | undefined;
  /** Of qmail's folder `alias`. */
  readonly aliases: readonly DotQmail[];
  /** Run scripts of supervised services. */
  readonly scripts: readonly InstalledFile[];
  /** toaster-watcher.conf */
  readonly watcher: InstalledFile | undefined;
  readonly crontabs: readonly InstalledFile[];
  /** vpopmail's own configuration as a C header. */
  readonly headers: readonly InstalledFile[];
  /** Where an IMAP server has its settings. */
  readonly imap: string | undefined;
  readonly rules: InstalledFile | undefined;
  /** tcp.smtp.cdb */
  readonly compiledRules: InstalledFile | undefined;
  /** open-smtp, where vpopmail notes who has just read mail. */
  readonly openSmtp: InstalledFile | undefined;
  /** etc/defaultdomain */
  readonly defaultDomain: InstalledFile | undefined;
  readonly domains: readonly VpopmailDomain[];
  /** etc/vpopmail.mysql */
  readonly databaseFile: InstalledFile | undefined;
  /** A Unix socket of a database server on this host. */
  readonly databaseSocket: string | undefined;
  readonly database: DatabaseContent | undefined;
  /** Where a file really lies that the configuration must name. */
  readonly realPath: (installed: string) => string;
}

/** One of vpopmail's domains. */
export interface VpopmailDomain {
  readonly name: string;
  /** Other names of it that are links to its folder. */
  readonly links: readonly string[];
  readonly folder: string;
  /** From `vpasswd.cdb` or `vpasswd`, or from the database. */
  readonly users: readonly VpopmailUser[];
  /** `.qmail-NAME` in its folder. */
  readonly dotQmails: readonly DotQmail[];
}

export interface VpopmailUser {
  readonly name: string;
  /** As it is kept: a hash, mostly; undefined where it could not be read. */
  readonly password: string | undefined;
  /** Whether the password itself is kept as well. */
  readonly keepsClear: boolean;
  /** Whether the mailbox may only grow so far. */
  readonly hasQuota: boolean;
  /** `pw_gid` */
  readonly flags: number;
  /** On the installation itself. */
  readonly folder: string;
  /** Whether there is a Maildir in it. */
  readonly hasMaildir: boolean;
  /** The user's own `.qmail`. */
  readonly dotQmail: InstalledFile | undefined;
  readonly at: At;
}

export interface DotQmail extends InstalledFile {
  /** The file's name behind `.qmail-`, with the dots that stand in it as colons. */
  readonly name: string;
}

/** What vpopmail keeps in its tables beside users. */
export interface DatabaseContent {
  readonly layout: "one" | "per-domain";
  readonly aliasDomains: readonly { readonly alias: string; readonly domain: string }[];
  /** A line of a .qmail file for an address. */
  readonly aliases: readonly {
    readonly local: string;
    readonly domain: string;
    readonly line: string;
  }[];
  readonly hasRelayTable: boolean;
}
