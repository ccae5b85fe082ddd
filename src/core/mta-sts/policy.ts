// The policy that a domain publishes at https://mta-sts.DOMAIN/.well-known/mta-sts.txt (RFC 8461 §3.2).

import { type Domain, parseDomain } from "../mail/domain.ts";
import { trimBlanks } from "../mail/trim-blanks.ts";
import { bad, good, type Result } from "../result.ts";

export interface StsPolicy {
  readonly mode: "enforce" | "testing" | "none";
  /** Names of hosts, some with `*.` before them; at least one unless the mode is `none`. */
  readonly mx: readonly MxPattern[];
  /** Seconds for which the policy holds from when it was fetched. */
  readonly maxAge: number;
}

/** A name in the form of `parseDomain`, or `*.` and such a name. */
type MxPattern = string;

/** Seconds: about a year, the most that the RFC knows. Whoever writes more gets that. */
const longestAge = 31_557_600;
/** Patterns of one policy; a policy of 64 KiB may hold thousands. */
const mostPatterns = 1_000;

const line = /^(?<name>[A-Za-z0-9][A-Za-z0-9_.-]{0,31}):(?<value>.*)$/;
// oxlint-disable-next-line no-control-regex -- control characters are the point
const valueCharacters = /^[^\u0000-\u001f\u007f]+$/;

interface Fields {
  /** The first of each name: later ones do not count (§3.2). */
  readonly first: ReadonlyMap<string, string>;
  readonly mx: readonly string[];
}

/** The problem is a sentence about the policy. Names and values are case-sensitive, as the RFC's
 * grammar has them; keys that it does not know do not matter. */
export function parseStsPolicy(text: string): Result<StsPolicy, string> {
  const fields = readFields(text);
  if (!fields.ok) return fields;
  const { first, mx } = fields.value;
  const version = first.get("version");
  if (version !== "STSv1") return bad(`its version is ${shown(version)}, not STSv1`);
  const mode = first.get("mode");
  if (mode !== "enforce" && mode !== "testing" && mode !== "none") {
    return bad(`its mode is ${shown(mode)}, not enforce, testing or none`);
  }
  const age = first.get("max_age");
  if (age === undefined || !/^[0-9]{1,10}$/.test(age)) {
    return bad(`its max_age is ${shown(age)}, not a number of seconds`);
  }
  const patterns = readPatterns(mx);
  if (!patterns.ok) return patterns;
  if (mode !== "none" && patterns.value.length === 0) return bad("it lists no mx");
  return good({ mode, mx: patterns.value, maxAge: Math.min(Number(age), longestAge) });
}

function readFields(text: string): Result<Fields, string> {
  const first = new Map<string, string>();
  const mx: string[] = [];
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    if (/^[ \t]*$/.test(written)) continue;
    const { name, value: untrimmed = "" } = line.exec(written)?.groups ?? {};
    const value = trimBlanks(untrimmed);
    if (name === undefined || !valueCharacters.test(value)) {
      return bad(`its line ${index + 1} is no \`name: value\``);
    }
    if (name === "mx") mx.push(value);
    else if (!first.has(name)) first.set(name, value);
  }
  return good({ first, mx });
}

function readPatterns(written: readonly string[]): Result<readonly MxPattern[], string> {
  if (written.length > mostPatterns) return bad(`it lists more than ${mostPatterns} mx`);
  const patterns = new Set<MxPattern>();
  for (const text of written) {
    const [wildcard, name] = text.startsWith("*.") ? ["*.", text.slice(2)] : ["", text];
    const host = parseDomain(name);
    if (host === undefined) return bad(`its mx ${shown(text)} is no name of a host`);
    patterns.add(`${wildcard}${host}`);
  }
  return good([...patterns]);
}

/** A stranger's text in a sentence of ours. */
function shown(text: string | undefined): string {
  return text === undefined ? "missing" : `"${text.slice(0, 60)}"`;
}

/** Whether the policy lets the domain's mail go to that host (§4.1): a wildcard stands for one whole
 * label, neither for none nor for several. */
export function listsHost({ mx }: Pick<StsPolicy, "mx">, host: Domain): boolean {
  const name = parseDomain(host.replace(/\.$/, ""));
  if (name === undefined) return false;
  const dot = name.indexOf(".");
  const above = dot === -1 ? undefined : `*${name.slice(dot)}`;
  return mx.some((pattern) => pattern === name || pattern === above);
}

/** The policy's own lines, as reports of TLS quote them (RFC 8460 §4.4). */
export function policyLines({ mode, mx, maxAge }: StsPolicy): readonly string[] {
  return [
    "version: STSv1",
    `mode: ${mode}`,
    ...mx.map((pattern) => `mx: ${pattern}`),
    `max_age: ${maxAge}`,
  ];
}
