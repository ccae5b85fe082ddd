// control/virtualdomains and users/assign: whose users a domain's mail is for.

import { readDomain } from "../config/values/name.ts";
import { type Domain, parseDomain } from "../mail/domain.ts";
import { controlLines, type InstalledFile, type Line } from "./file.ts";
import { type At, quote, type Report } from "./report.ts";

export interface VirtualDomain {
  /** Put before the local part: the name of the domain for vpopmail's, `alias-NAME` for aliases. */
  readonly prefix: string;
  readonly at: At;
}

/** By domain; of several entries for one the last counts, as in qmail. */
export function readVirtualDomains(
  file: InstalledFile | undefined,
  report: Report,
): ReadonlyMap<Domain, VirtualDomain> {
  const domains = new Map<Domain, VirtualDomain>();
  for (const line of controlLines(file, report)) {
    const entry = readEntry(line, report);
    if (entry === undefined) continue;
    const earlier = domains.get(entry.domain);
    if (earlier !== undefined) {
      report.leftOut(
        earlier.at,
        `line ${line.at.line} has the same domain; in qmail the last counts`,
      );
    }
    domains.set(entry.domain, { prefix: entry.prefix, at: line.at });
  }
  return domains;
}

function readEntry(
  { text, at }: Line,
  report: Report,
): { readonly domain: Domain; readonly prefix: string } | undefined {
  const colon = text.indexOf(":");
  if (colon === -1) {
    report.leftOut(at, `${quote(text)} has no colon, so it does nothing, in qmail as well`);
    return undefined;
  }
  const name = text.slice(0, colon).toLowerCase();
  const prefix = text.slice(colon + 1).trim();
  if (prefix === "") {
    report.leftOut(
      at,
      `${quote(name)} is an exception from a wider entry, which there are none of here`,
    );
    return undefined;
  }
  if (name.includes("@")) {
    report.operator(
      at,
      `one address alone, ${quote(name)}: take its domain as a whole, or add it as an alias`,
    );
    return undefined;
  }
  if (name === "" || name.startsWith(".")) {
    const whose = name === "" ? "every domain" : `every domain that ends in ${name}`;
    report.operator(at, `it is for ${whose}; list each of them under \`domains\``);
    return undefined;
  }
  const domain = readDomain(name);
  if (domain.ok) return { domain: domain.value, prefix };
  report.operator(at, `${quote(name)} is no domain, so it is left out`);
  return undefined;
}

export interface Assignments {
  /** Names of vpopmail's domains, with the domain that holds the users: itself, or another one. */
  readonly domains: ReadonlyMap<
    Domain,
    { readonly real: Domain; readonly folder: string; readonly at: At }
  >;
}

/** `+DOMAIN-:REAL:uid:gid:FOLDER:-::`, up to a line with a dot (qmail-users(5)). */
export function readAssign(file: InstalledFile | undefined, report: Report): Assignments {
  const domains = new Map<Domain, { real: Domain; folder: string; at: At }>();
  if (file === undefined) return { domains };
  const lines = file.text.split("\n");
  const end = lines.indexOf(".");
  if (end === -1) {
    report.operator(
      file,
      "it does not end in a line with a dot: it is cut off, or qmail-newu refused it",
    );
  }
  for (const [index, line] of lines.slice(0, end === -1 ? undefined : end).entries()) {
    if (line.trim() === "") continue;
    const at = { path: file.path, line: index + 1 };
    const [name = "", real = "", , , folder = ""] = line.split(":");
    const domain = /^\+(.+)-$/.exec(name)?.[1];
    const [parsed, parsedReal] = [parseDomain(domain ?? ""), parseDomain(real)];
    if (parsed !== undefined && parsedReal !== undefined && parsed.includes(".") && folder !== "") {
      domains.set(parsed, { real: parsedReal, folder, at });
    } else if (name.startsWith("=") || name.startsWith("+")) {
      report.operator(
        at,
        `${quote(name.slice(1))} is no domain of vpopmail's but a user of the system; add an account for whom mail is`,
      );
    } else report.leftOut(at, `${quote(line)} assigns nothing`);
  }
  return { domains };
}
