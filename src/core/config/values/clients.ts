// For which clients an address rule is, as a configuration says it.

import { parsePrefix } from "../../mail/ip.ts";
import { bad, good, type Result } from "../../result.ts";
import type { Pattern } from "../../rules/pattern.ts";
import { unfit } from "../problem.ts";
import { readDomain } from "./name.ts";
import { adviseOnPrefix } from "./network.ts";

/** What to write, for messages. */
export const clientsExpected =
  'an IP address, a network such as "192.0.2.0/24", "=mail.example.net", "=.example.net", "=", or "*"';

export interface Clients {
  readonly written: string;
  readonly pattern: Pattern;
}

/** A rule's clients, or what is wrong with them. How wide a network may be is for the proof of the
 * policy as a whole. */
export function readClients(text: string): Result<Clients, string> {
  const pattern = readPattern(text);
  return pattern.ok ? good({ written: text, pattern: pattern.value }) : pattern;
}

function readPattern(text: string): Result<Pattern, string> {
  if (text === "*") return good({ kind: "default" });
  if (text.startsWith("=")) return readName(text.slice(1));
  const prefix = parsePrefix(text);
  if (prefix === undefined) return bad(advise(text));
  const isWhole = prefix.length === prefix.address.octets.length * 8;
  return good(isWhole ? { kind: "address", address: prefix.address } : { kind: "network", prefix });
}

function readName(name: string): Result<Pattern, string> {
  if (name === "") return good({ kind: "any-host" });
  const isSuffix = name.startsWith(".");
  const domain = readDomain(isSuffix ? name.slice(1) : name);
  if (!domain.ok) return domain;
  const found = domain.value;
  return good(isSuffix ? { kind: "suffix", suffix: `.${found}` } : { kind: "host", name: found });
}

function advise(text: string): string {
  if (text.includes("/")) return adviseOnPrefix(text, clientsExpected);
  if (!readDomain(text).ok) return unfit(text, clientsExpected);
  return `a client's name has = in front; write "=${text}"`;
}
