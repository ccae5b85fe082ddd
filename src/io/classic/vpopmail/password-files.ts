// vpopmail's users in its files: `vpasswd.cdb`, or `vpasswd` where that is missing, in the folder of
// each domain. They are read anew at each login, so whatever vpopmail's programs change counts at once.

import { open, readdir, readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorText } from "../../../core/error-text.ts";
import type { Address } from "../../../core/mail/address.ts";
import { type Domain, isAddressLiteral, parseDomain } from "../../../core/mail/domain.ts";
import { bad, good } from "../../../core/result.ts";
import { errorCode } from "../../error-code.ts";
import { DamagedCdb, findInCdb } from "../cdb-look-up.ts";
import {
  type DomainLimits,
  limitFlags,
  type LookUpFailure,
  type VpopmailDirectory,
  type VpopmailUser,
} from "./mailbox.ts";

/** @param domains the absolute path of vpopmail's folder `domains` */
export function createVpopmailFiles(domains: string): VpopmailDirectory {
  return {
    name: "vpopmail-cdb",
    async find(mailbox) {
      try {
        return good(await findUser(domains, mailbox));
      } catch (error) {
        return bad(explain(domains, error));
      }
    },
    close: () => Promise.resolve(),
  };
}

async function findUser(root: string, mailbox: Address): Promise<VpopmailUser | undefined> {
  const { local, domain } = mailbox;
  const folder = isAddressLiteral(domain) ? undefined : await findFolder(root, domain);
  if (folder === undefined) return undefined;
  const fields = await findEntry(folder, local);
  if (fields === undefined) return undefined;
  // passwd:uid:gid:gecos:dir:quota[:clear]
  const [password = "", , gid = "", , , , ...clear] = fields.split(":");
  const clearPassword = clear.join(":");
  // An alias of a domain is a symbolic link to its folder.
  const real = parseDomain(basename(folder)) ?? domain;
  return {
    mailbox: { local, domain: real },
    aliasDomains: real === domain ? [] : [domain],
    password,
    flags: limitFlags(Number.parseInt(gid, 10) || 0, await readLimits(folder)),
    ...(clearPassword !== "" && { clearPassword }),
  };
}

/** `domains/example.org`, or below one of the folders of one character among which vpopmail spreads
 * many domains: `domains/0/example.org`. */
async function findFolder(root: string, domain: Domain): Promise<string | undefined> {
  const direct = await ifThere(realpath(join(root, domain)));
  if (direct !== undefined) return direct;
  const spread = (await readdir(root)).filter((name) => /^[0-9A-Za-z]$/.test(name));
  const paths = spread.map((name) => ifThere(realpath(join(root, name, domain))));
  return (await Promise.all(paths)).find((path) => path !== undefined);
}

/** What stands behind `name:` in the file. */
async function findEntry(folder: string, name: string): Promise<string | undefined> {
  const file = await ifThere(open(join(folder, "vpasswd.cdb")));
  if (file === undefined) return findLine(join(folder, "vpasswd"), name);
  try {
    return (await findInCdb(file, Buffer.from(name)))?.toString("utf8");
  } finally {
    await file.close();
  }
}

async function findLine(path: string, name: string): Promise<string | undefined> {
  const text = await ifThere(readFile(path, "utf8"));
  const line = text?.split("\n").find((each) => each.startsWith(`${name}:`));
  return line?.slice(name.length + 1);
}

/** `.qmailadmin-limits`: a key on each line, with or without a value. */
async function readLimits(folder: string): Promise<DomainLimits> {
  const text = (await ifThere(readFile(join(folder, ".qmailadmin-limits"), "utf8"))) ?? "";
  const keys = new Set(text.split("\n").map((line) => line.split(/[\s:]/)[0]));
  return {
    noSmtp: keys.has("disable_smtp"),
    noPop: keys.has("disable_pop"),
    noImap: keys.has("disable_imap"),
    noRelay: keys.has("disable_external_relay"),
  };
}

/** Undefined where there is no such file. */
async function ifThere<Value>(found: Promise<Value>): Promise<Value | undefined> {
  try {
    return await found;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return undefined;
    throw error;
  }
}

function explain(root: string, error: unknown): LookUpFailure {
  if (error instanceof DamagedCdb) {
    const why = `a vpasswd.cdb below ${root} is damaged: ${error.message}; make it again with vmkpasswd`;
    return { fault: "misconfigured", why };
  }
  const why = errorText(error);
  if (!forOperator.has(errorCode(error))) return { fault: "unavailable", why };
  const advice =
    "name the folder domains of vpopmail, and let this program's user read what is in it";
  return { fault: "misconfigured", why: `${why}; ${advice}` };
}

const forOperator: ReadonlySet<string | undefined> = new Set([
  "EACCES",
  "EISDIR",
  "ELOOP",
  "ENOENT",
  "ENOTDIR",
  "EPERM",
]);
