// Mailbox addresses of the envelope (RFC 5321 §4.1.2, RFC 6531 §3.3). A local part is never
// interpreted: `user%host`, `host!user` and `"a@b"` are mailboxes of the domain behind the last
// unquoted @, nothing more.

import { bad, good, type Result } from "../result.ts";
import { type Domain, hasNonAscii, isAddressLiteral, parseDomain } from "./domain.ts";
import { formatIp, parseIp } from "./ip.ts";

export interface Address {
  /** The local part's meaning: quotes and backslashes of the wire form are taken off. */
  readonly local: string;
  readonly domain: Domain;
}

/** The reverse-path: whom to tell; null is `<>`, nobody (RFC 5321 §4.5.5). */
export type ReversePath = Address | null;

export type AddressProblem =
  | "syntax"
  | "local-part-too-long"
  | "bad-domain"
  | "needs-smtputf8"
  | "no-domain";

/** Longest local part, in octets (RFC 5321 §4.5.3.1.1). */
const maxLocalOctets = 64;
/** A return path that a forwarder made has a whole address packed into it, and must fit into a path
 * (RFC 5321 §4.5.3.1.3) with a domain behind it. */
const maxReturnPathOctets = 240;
const returnPath = /^srs[01][-+=]/i;

const atom =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/iu;

/** The same in ASCII, for nearly all: without Unicode's rules of case it takes a fraction of the time. */
const asciiAtom = /^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

function isAtom(text: string): boolean {
  return asciiAtom.test(text) || atom.test(text);
}

/** Reads `local@domain`, with no angle brackets around it. */
export function parseAddress(text: string): Result<Address, AddressProblem> {
  const local = text.startsWith('"') ? readQuoted(text) : readDotString(text);
  if (local === undefined) return bad("syntax");
  const rest = text.slice(local.length);
  if (!rest.startsWith("@")) return bad(rest === "" ? "no-domain" : "syntax");
  const meaning = local.text;
  if (utf8Length(meaning) > longest(meaning)) return bad("local-part-too-long");
  const domainText = rest.slice(1);
  const domain = domainText.startsWith("[") ? parseLiteral(domainText) : parseDomain(domainText);
  if (domain === undefined) return bad("bad-domain");
  return good({ local: meaning, domain });
}

function longest(local: string): number {
  return returnPath.test(local) ? maxReturnPathOctets : maxLocalOctets;
}

interface LocalPart {
  readonly text: string;
  /** UTF-16 units that it took on the wire. */
  readonly length: number;
}

function readDotString(text: string): LocalPart | undefined {
  const at = text.indexOf("@");
  const local = at === -1 ? text : text.slice(0, at);
  return isAtom(local) ? { text: local, length: local.length } : undefined;
}

function readQuoted(text: string): LocalPart | undefined {
  let meaning = "";
  for (let at = 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return { text: meaning, length: at + 1 };
    const quoted = character === "\\" ? text.charAt(++at) : character;
    // qtextSMTP and quoted-pairSMTP hold printable characters and space, no control characters.
    if (quoted === "" || quoted < " " || quoted === "\u007f") return undefined;
    meaning += quoted;
  }
  return undefined;
}

function parseLiteral(text: string): Domain | undefined {
  const inner = /^\[(?:(ipv6):)?([0-9a-f:.]+)\]$/i.exec(text);
  const ip = parseIp(inner?.[2] ?? "");
  if (inner === null || ip === undefined) return undefined;
  const tagged = inner[1] !== undefined;
  if (tagged !== (inner[2] ?? "").includes(":")) return undefined;
  return ip.version === 4 ? `[${formatIp(ip)}]` : `[IPv6:${formatIp(ip)}]`;
}

/** Octets of a text in UTF-8. */
export function utf8Length(text: string): number {
  return hasNonAscii(text) ? new TextEncoder().encode(text).length : text.length;
}

/** The wire form, quoted where the local part needs it, without angle brackets. */
export function formatAddress({ local, domain }: Address): string {
  if (isAtom(local)) return `${local}@${domain}`;
  return `"${local.replace(/["\\]/g, "\\$&")}"@${domain}`;
}

/** The wire form of a reverse-path: the empty text for nobody. */
export function formatReversePath(path: ReversePath): string {
  return path === null ? "" : formatAddress(path);
}

/** Whether the address can only travel with SMTPUTF8. Domains are in ASCII form already. */
export function needsSmtpUtf8({ local }: Address): boolean {
  return hasNonAscii(local);
}

/** The address inside a literal domain, for `user@[192.0.2.1]`. */
export function literalIp(domain: Domain): string | undefined {
  if (!isAddressLiteral(domain)) return undefined;
  return domain.slice(1, -1).replace(/^IPv6:/, "");
}

/** Two addresses are one mailbox here when domain and local part agree without regard to case.
 * RFC 5321 §2.4 lets the host decide; no mailbox of ours differs from another in case alone. */
export function mailboxKey({ local, domain }: Address): string {
  return `${local.normalize("NFC").toLowerCase()}@${domain}`;
}

/** Whether another host could take the local part for a way on (`user%host`, `host!user`,
 * `"user@host"`): we never do, but a host that trusts us may. */
export function namesAnotherHost({ local }: Address): boolean {
  return /[%!@]/.test(local);
}
