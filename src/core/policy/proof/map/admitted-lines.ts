// The lines that admit somebody, each with what an operator wants to know of it: what it admits, how
// much that is, and what else speaks of the same addresses.

import type { Place } from "../../../config/settings.ts";
import { formatPrefix, type Prefix } from "../../../mail/ip.ts";
import type { IpVersion } from "../../../mail/ip-number.ts";
import type { RelayRole } from "../../request.ts";
import type { Admission } from "../admitted.ts";
import { describeLine } from "../describe.ts";
import type { Finding } from "../finding.ts";
import { isAcknowledged, isTooWide, type NamedLine, namedLines } from "../lines.ts";
import { placeKey } from "../place-key.ts";
import type { RelayPolicy } from "../policy.ts";
import type { Proof } from "../prove.ts";
import { countOf, isEmpty, minus, nowhere, overlap, prefixesOf, type Space } from "../space.ts";
import { privateSpace, reservedSpace } from "../special-space.ts";
import { formatCount, listOf } from "../words.ts";
import { type AdmittedIndex, indexAdmitted, spansWithin } from "./admitted-index.ts";

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

/** Prepares what is asked of a policy again and again. */
export class AdmittedLines {
  readonly admissions: readonly Admission[];
  readonly index: AdmittedIndex;
  readonly #policy: RelayPolicy;
  readonly #named: readonly NamedLine[];
  readonly #namedIndex: AdmittedIndex;
  readonly #namedAt: ReadonlyMap<string, Space>;
  readonly #findingsAt: ReadonlyMap<string, readonly Finding[]>;

  constructor({ policy, proof }: ProvenPolicy) {
    this.admissions = proof.admissions;
    this.index = indexAdmitted(proof.admissions);
    this.#policy = policy;
    this.#named = namedLines(policy);
    this.#namedIndex = indexAdmitted(this.#named);
    this.#namedAt = new Map(this.#named.map(({ place, space }) => [placeKey(place), space]));
    this.#findingsAt = Map.groupBy(proof.findings, ({ place }) => placeKey(place));
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
    const named = this.#namedAt.get(placeKey(place));
    if (named === undefined) return [];
    const taken = countOf(minus(named, space), version);
    if (taken === 0n) return [];
    return [`other lines decide about ${count(taken, "address", "addresses")} that it names, too`];
  }

  #meetsOthers({ place, space }: Admission, version: IpVersion): readonly string[] {
    if (version === 6) return [];
    const own = placeKey(place);
    const found = new Set<number>();
    for (const { first, last } of space[4].slice(0, mostPrefixes)) {
      const part = { first: Number(first), last: Number(last) };
      for (const { line } of spansWithin(this.#namedIndex, part)) {
        if (placeKey(this.#named[line]?.place) !== own) found.add(line);
        if (found.size > mostOthers) break;
      }
    }
    const names = [...found].map((line) => nameOf(this.#named[line]));
    if (names.length === 0) return [];
    const shown = names.length > mostOthers ? [...names.slice(0, mostOthers), "others"] : names;
    return [`named at ${listOf(shown)}, too, which would admit some of it as well`];
  }

  #meetsFindings({ place }: Admission): readonly string[] {
    const found = place === undefined ? [] : (this.#findingsAt.get(placeKey(place)) ?? []);
    return found.slice(0, mostOthers).map(({ severity, text }) => `${severity}: ${text}`);
  }
}

function nameOf(line: NamedLine | undefined): string {
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
