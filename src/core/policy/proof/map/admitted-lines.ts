// The lines that admit somebody, each with what an operator wants to know of it: what it admits, how
// much that is, and what else speaks of the same addresses.

import type { Place } from "../../../config/settings.ts";
import { formatPrefix, type Prefix } from "../../../mail/ip.ts";
import type { IpVersion } from "../../../mail/ip-number.ts";
import type { RelayRole } from "../../request.ts";
import type { Admission } from "../admitted.ts";
import { describeLine } from "../describe.ts";
import type { Finding } from "../finding.ts";
import { isAcknowledged, isTooWide, type NamedLine, opensRelay, prefixOf } from "../lines.ts";
import { placeKey } from "../place-key.ts";
import type { RelayPolicy } from "../policy.ts";
import type { Proof } from "../prove.ts";
import {
  countOf,
  isEmpty,
  minus,
  nowhere,
  overlap,
  prefixesOf,
  type Space,
  spaceOf,
} from "../space.ts";
import { privateSpace, reservedSpace } from "../special-space.ts";
import { formatCount, listOf } from "../words.ts";
import {
  type AdmittedIndex,
  indexAdmitted,
  indexSpans,
  type LineSpan,
  spansWithin,
} from "./admitted-index.ts";
import { spanOf } from "./view.ts";

/** A policy with its proof: as a running server has them. */
export interface ProvenPolicy {
  readonly policy: RelayPolicy;
  readonly proof: Proof;
}

export interface AdmittedLine {
  /** Its place among the admissions. */
  readonly line: number;
  /** As the command line names it. */
  readonly name: string;
  readonly place: Place | undefined;
  readonly role: RelayRole;
  /** The first of them. */
  readonly prefixes: readonly Prefix[];
  readonly hasMore: boolean;
  readonly addresses: bigint;
  /** What else speaks of these addresses, a phrase each. */
  readonly meets: readonly string[];
}

/** Prefixes of a line, lines that name the same addresses, and findings that are shown. */
const mostPrefixes = 8;
const mostOthers = 3;

/** A line that names addresses which may relay, whether or not it is the one that admits them. */
type NamingLine = Pick<NamedLine, "from" | "place">;

interface Naming {
  readonly lines: readonly NamingLine[];
  /** Of IPv4. */
  readonly index: AdmittedIndex;
  readonly prefixesAt: ReadonlyMap<string, readonly Prefix[]>;
}

/** Answers what is asked of a policy again and again. What takes a while, where there are many lines, is
 * found out when it is asked for. */
export class AdmittedLines {
  readonly admissions: readonly Admission[];
  readonly #policy: RelayPolicy;
  readonly #findingsAt: ReadonlyMap<string, readonly Finding[]>;
  #index: AdmittedIndex | undefined;
  #naming: Naming | undefined;

  constructor({ policy, proof }: ProvenPolicy) {
    this.admissions = proof.admissions;
    this.#policy = policy;
    this.#findingsAt = Map.groupBy(proof.findings, ({ place }) => placeKey(place));
  }

  /** Of IPv4. */
  get index(): AdmittedIndex {
    this.#index ??= indexAdmitted(this.admissions);
    return this.#index;
  }

  /** Of one version. */
  describe(line: number, version: IpVersion): AdmittedLine | undefined {
    const admission = this.admissions[line];
    if (admission === undefined) return undefined;
    const { role, reason, place } = admission;
    const space = { ...nowhere, [version]: admission.space[version] };
    const prefixes = prefixesOf(space, mostPrefixes + 1);
    return {
      line,
      name: describeLine(reason, place),
      place,
      role,
      prefixes: prefixes.slice(0, mostPrefixes),
      hasMore: prefixes.length > mostPrefixes,
      addresses: countOf(space, version),
      meets: [
        ...meetsSpecial(space, version),
        ...this.#meetsAcknowledgement(prefixes),
        ...this.#meetsDenial(admission, version),
        ...this.#meetsOthers(admission, version),
        ...this.#meetsFindings(admission),
      ],
    };
  }

  #meetsAcknowledgement(prefixes: readonly Prefix[]): readonly string[] {
    const wide = prefixes.filter(
      (prefix) => isTooWide(prefix) && isAcknowledged(prefix, this.#policy.acknowledged),
    );
    if (wide.length === 0) return [];
    return [`acknowledged as yours: ${listOf(wide.map(formatPrefix))}`];
  }

  /** What the line names and does not admit. */
  #meetsDenial({ place, space }: Admission, version: IpVersion): readonly string[] {
    const named = this.#named().prefixesAt.get(placeKey(place));
    if (named === undefined) return [];
    const taken = countOf(minus(spaceOf(named), space), version);
    if (taken === 0n) return [];
    return [`other lines decide about ${count(taken, "address", "addresses")} that it names, too`];
  }

  #meetsOthers({ place, space }: Admission, version: IpVersion): readonly string[] {
    if (version === 6) return [];
    const { lines, index } = this.#named();
    const own = placeKey(place);
    const names = new Set<string>();
    for (const { first, last } of space[4].slice(0, mostPrefixes)) {
      for (const { line } of spansWithin(index, { first: Number(first), last: Number(last) })) {
        if (placeKey(lines[line]?.place) !== own) names.add(nameOf(lines[line]));
        if (names.size > mostOthers) break;
      }
    }
    if (names.size === 0) return [];
    const some = [...names].slice(0, mostOthers);
    const shown = names.size > mostOthers ? [...some, "others"] : some;
    return [`named at ${listOf(shown)}, too, which would admit some of it as well`];
  }

  #named(): Naming {
    this.#naming ??= namingOf(this.#policy);
    return this.#naming;
  }

  #meetsFindings({ place }: Admission): readonly string[] {
    const found = place === undefined ? [] : (this.#findingsAt.get(placeKey(place)) ?? []);
    return found.slice(0, mostOthers).map(({ severity, text }) => `${severity}: ${text}`);
  }
}

function namingOf({ rules, access }: RelayPolicy): Naming {
  const lines: NamingLine[] = [];
  const spans: LineSpan[] = [];
  const prefixesAt = new Map<string, Prefix[]>();
  const add = (from: NamedLine["from"], prefix: Prefix, place: Place | undefined): void => {
    const key = placeKey(place);
    const known = prefixesAt.get(key);
    if (known === undefined) prefixesAt.set(key, [prefix]);
    else known.push(prefix);
    lines.push({ from, ...(place && { place }) });
    if (prefix.address.version === 4) spans.push({ ...spanOf(prefix), line: lines.length - 1 });
  };
  for (const { prefix, place } of rules.networks) add("network", prefix, place);
  for (const rule of access.rules) {
    const prefix = opensRelay(rule) ? prefixOf(rule) : undefined;
    if (prefix !== undefined) add("rule", prefix, rule.verdict.place);
  }
  return { lines, index: indexSpans(spans), prefixesAt };
}

function nameOf(line: NamingLine | undefined): string {
  if (line === undefined) return "another line";
  return describeLine(line.from === "network" ? "trusted-network" : "access-rule", line.place);
}

function meetsSpecial(space: Space, version: IpVersion): readonly string[] {
  const parts = [
    ["private addresses, which nobody has on the Internet", overlap(space, privateSpace)],
    ["reserved addresses, from which no public host sends", overlap(space, reservedSpace)],
  ] as const;
  return parts.flatMap(([what, part]) => {
    if (isEmpty(part)) return [];
    const whole = countOf(part, version) === countOf(space, version);
    return [whole ? what : `partly ${what}`];
  });
}

function count(number: bigint, one: string, many: string): string {
  return `${formatCount(number)} ${number === 1n ? one : many}`;
}
