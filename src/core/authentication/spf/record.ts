// An SPF record as its grammar has it (RFC 7208 §12). A record that breaks it anywhere is void as a whole,
// also where the terms before that would have given a result.

import { type IpAddress, parseIp } from "../../mail/ip.ts";
import { bad, good, type Result } from "../../result.ts";

export type SpfQualifier = "pass" | "fail" | "softfail" | "neutral";

/** Domains are as they are written, macros and all. */
export type SpfMechanism =
  | { readonly kind: "all" }
  | { readonly kind: "include" | "exists"; readonly domain: string }
  | { readonly kind: "a" | "mx"; readonly domain?: string; readonly lengths: PrefixLengths }
  | { readonly kind: "ptr"; readonly domain?: string }
  | {
      readonly kind: "ip";
      readonly version: 4 | 6;
      readonly address: IpAddress;
      readonly length: number;
    };

/** Bits of an address that count, by its family. */
export interface PrefixLengths {
  readonly 4: number;
  readonly 6: number;
}

export interface SpfRecord {
  readonly directives: readonly SpfDirective[];
  readonly redirect?: string;
}

interface SpfDirective {
  readonly qualifier: SpfQualifier;
  readonly mechanism: SpfMechanism;
}

const expand = "%\\{[slodiph](?:[1-9][0-9]*)?r?[.+,/_=-]*\\}|%%|%_|%-";
/** In explanations, which other terms may hold as well that nobody knows. */
const widerExpand = expand.replace("slodiph", "slodiphcrtv");
const literal = "[!-$&-~]";
/** Not digits alone. */
const topLabel = "(?=[0-9]*[a-z-])[0-9a-z](?:[0-9a-z-]*[0-9a-z])?";
const domainText = `(?:${expand}|${literal})*?(?:\\.${topLabel}\\.?|${expand})`;
const ip4Length = "/(0|[1-9][0-9]?)";
const ip6Length = "/(0|[1-9][0-9]{0,2})";

const shapes = {
  all: /^()$/,
  include: new RegExp(`^:(${domainText})$`, "i"),
  exists: new RegExp(`^:(${domainText})$`, "i"),
  ptr: new RegExp(`^(?::(${domainText}))?$`, "i"),
  a: new RegExp(`^(?::(${domainText}))?(?:${ip4Length})?(?:/${ip6Length})?$`, "i"),
  mx: new RegExp(`^(?::(${domainText}))?(?:${ip4Length})?(?:/${ip6Length})?$`, "i"),
  ip4: new RegExp(`^:([0-9.]+)(?:${ip4Length})?$`),
  ip6: new RegExp(`^:([0-9a-f:.]+)(?:${ip6Length})?$`, "i"),
} as const;

const directive = /^([-+?~]?)(all|include|exists|ptr|a|mx|ip4|ip6)(?=$|[:/])(.*)$/i;
const modifier = /^([a-z][a-z0-9_.-]*)=(.*)$/i;
const wholeDomain = new RegExp(`^${domainText}$`, "i");
const anyText = new RegExp(`^(?:${widerExpand}|${literal})*$`, "i");

/** Octets of a record and of a term that are read: what is longer is nobody's policy. */
const mostOfRecord = 4_096;
const mostOfTerm = 512;

/** Whether a TXT record means to be one of SPF, version 1. */
export function isSpfRecord(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/** The problem is the first term that breaks the grammar, as it is written. */
export function parseSpfRecord(text: string): Result<SpfRecord, string> {
  if (text.length > mostOfRecord) return bad("a record that is too long");
  const directives: SpfDirective[] = [];
  const modifiers = new Map<string, string>();
  for (const term of text.split(/ +/).slice(1)) {
    if (term === "") continue;
    if (term.length > mostOfTerm) return bad(`${term.slice(0, 30)}…`);
    const read = readDirective(term);
    if (read !== undefined) directives.push(read);
    else if (!takeModifier(term, modifiers)) return bad(term);
  }
  const redirect = modifiers.get("redirect");
  return good({ directives, ...(redirect !== undefined && { redirect }) });
}

/** Those that are known may stand once, and have a domain. */
function takeModifier(term: string, known: Map<string, string>): boolean {
  const [, name, value = ""] = modifier.exec(term) ?? [];
  if (name === undefined) return false;
  const key = name.toLowerCase();
  if (key !== "redirect" && key !== "exp") return anyText.test(value);
  if (known.has(key) || !wholeDomain.test(value)) return false;
  known.set(key, value);
  return true;
}

const qualifiers: Readonly<Record<string, SpfQualifier>> = {
  "": "pass",
  "+": "pass",
  "-": "fail",
  "~": "softfail",
  "?": "neutral",
};

function readDirective(term: string): SpfDirective | undefined {
  const [, sign = "", name = "", rest = ""] = directive.exec(term) ?? [];
  const mechanism = readMechanism(name.toLowerCase(), rest);
  const qualifier = qualifiers[sign];
  return mechanism && qualifier ? { qualifier, mechanism } : undefined;
}

function readMechanism(name: string, rest: string): SpfMechanism | undefined {
  switch (name) {
    case "all":
      return shapes.all.test(rest) ? { kind: "all" } : undefined;
    case "include":
    case "exists": {
      const domain = shapes[name].exec(rest)?.[1];
      return domain === undefined ? undefined : { kind: name, domain };
    }
    case "ptr": {
      const found = shapes.ptr.exec(rest);
      return found === null ? undefined : { kind: "ptr", ...domainOf(found) };
    }
    case "a":
    case "mx": {
      const found = shapes[name].exec(rest);
      const lengths = found && lengthsOf(found);
      return found && lengths ? { kind: name, ...domainOf(found), lengths } : undefined;
    }
    case "ip4":
    case "ip6":
      return readNetwork(name === "ip4" ? 4 : 6, shapes[name].exec(rest));
    default:
      return undefined;
  }
}

function domainOf([, domain]: RegExpExecArray): { readonly domain?: string } {
  return domain === undefined ? {} : { domain };
}

function lengthsOf([, , four = "32", six = "128"]: RegExpExecArray): PrefixLengths | undefined {
  const lengths = { 4: Number(four), 6: Number(six) };
  return lengths[4] > 32 || lengths[6] > 128 ? undefined : lengths;
}

function readNetwork(version: 4 | 6, found: RegExpExecArray | null): SpfMechanism | undefined {
  const [, text = "", bits] = found ?? [];
  const address = parseIp(text);
  const most = version === 4 ? 32 : 128;
  const length = Number(bits ?? most);
  if (address === undefined || length > most) return undefined;
  if (version === 4 && text.includes(":")) return undefined;
  if (version === 6 && !text.includes(":")) return undefined;
  return { kind: "ip", version, address, length };
}
