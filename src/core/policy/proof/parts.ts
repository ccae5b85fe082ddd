// Cuts the address space at every prefix that the policy names. Within a part no prefix begins or
// ends, so that no rule can tell two of its members apart: one member speaks for all.

import type { IpAddress } from "../../mail/ip.ts";
import {
  addressBits,
  ipFromNumber,
  ipToNumber,
  type IpVersion,
  prefixBounds,
} from "../../mail/ip-number.ts";
import type { RuleSet, TrustedNetwork } from "../request.ts";
import { prefixOf } from "./lines.ts";
import type { RelayPolicy } from "./policy.ts";
import type { Range } from "./ranges.ts";

export interface Part extends Range {
  readonly version: IpVersion;
  /** The first member. */
  readonly member: IpAddress;
  /** The networks that this part lies in, in the configuration's order; all others are irrelevant
   * for its members, which is what keeps the proof short where there are many. */
  readonly rules: RuleSet;
}

/** All parts of one version's space, in order and without a gap. */
export function* cutSpace(policy: RelayPolicy, version: IpVersion): Generator<Part> {
  const networks = networksOf(policy, version);
  const starts = startsOf([...networks, ...ruledRanges(policy, version)], version);
  const end = (1n << BigInt(addressBits[version])) - 1n;
  const open: Network[] = [];
  let next = 0;
  for (const [index, first] of starts.entries()) {
    while ((open.at(-1)?.last ?? first) < first) open.pop();
    for (let each = networks[next]; each?.first === first; each = networks[++next]) {
      // Of two that are the same network the first counts, and it is open already.
      if (open.at(-1)?.last !== each.last || open.at(-1)?.first !== each.first) open.push(each);
    }
    const last = (starts[index + 1] ?? end + 1n) - 1n;
    const member = ipFromNumber(first, version);
    yield { version, first, last, member, rules: open.length === 0 ? noNetworks : rulesOf(open) };
  }
}

const noNetworks: RuleSet = { networks: [] };

/** The part that the address lies in. `parts` are those of its version. */
export function partOf(parts: readonly Part[], address: IpAddress): Part | undefined {
  const value = ipToNumber(address);
  let [low, high] = [0, parts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const part = parts[middle];
    if (part === undefined || part.first > value) high = middle - 1;
    else low = middle;
  }
  return parts[low];
}

interface Network extends Range {
  readonly network: TrustedNetwork;
  readonly index: number;
}

/** Sorted so that a network comes before those inside it; prefixes never overlap otherwise. */
function networksOf({ rules }: RelayPolicy, version: IpVersion): readonly Network[] {
  return rules.networks
    .map((network, index) => ({ network, index, ...prefixBounds(network.prefix) }))
    .filter(({ network }) => network.prefix.address.version === version)
    .toSorted(
      (one, other) =>
        compare(one.first, other.first) || compare(other.last, one.last) || one.index - other.index,
    );
}

function ruledRanges({ access }: RelayPolicy, version: IpVersion): readonly Range[] {
  return access.rules.flatMap((rule) => {
    const prefix = prefixOf(rule);
    return prefix?.address.version === version ? [prefixBounds(prefix)] : [];
  });
}

/** Where parts begin: at 0, at the start of each range, and behind its end. */
function startsOf(ranges: readonly Range[], version: IpVersion): readonly bigint[] {
  const end = 1n << BigInt(addressBits[version]);
  const all = [0n, ...ranges.flatMap(({ first, last }) => [first, last + 1n])];
  return all
    .filter((start) => start < end)
    .toSorted(compare)
    .filter((start, index, sorted) => start !== sorted[index - 1]);
}

function compare(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function rulesOf(open: readonly Network[]): RuleSet {
  const inOrder = open.toSorted((one, other) => one.index - other.index);
  return { networks: inOrder.map(({ network }) => network) };
}
