// All rules one by one, for those who prove or explain something about them.

import type { IpAddress, Prefix } from "../mail/ip.ts";
import { type AddressRange, prefixMap } from "../mail/prefix-map.ts";
import type { AccessVerdict } from "../policy/request.ts";
import { type AddressRule, type AddressRules, verdictOf } from "./address-rules.ts";
import type { Pattern } from "./pattern.ts";

export interface ListedRule {
  readonly rule: AddressRule;
  /** For whom it is; a range is listed once for each address or network in it. */
  readonly pattern: Exclude<Pattern, { kind: "never" }>;
  /** With the rule's place. */
  readonly verdict: AccessVerdict;
}

/** Every rule that can decide, in the order of look-up: the first whose pattern matches a client is
 * the one that `AddressRules.find` gives. A rule that an earlier one hides is not listed. */
export function* listRules({ tables }: AddressRules): Generator<ListedRule> {
  const { networks, hosts, suffixes, anyHost, otherwise } = tables;
  const entries = [...networks.entries()];
  for (const { prefix, value } of entries.filter((entry) => isWhole(entry.prefix))) {
    yield list(value, { kind: "address", address: prefix.address });
  }
  for (const [name, rule] of hosts) yield list(rule, { kind: "host", name });
  for (const { prefix, value } of entries
    .filter((entry) => !isWhole(entry.prefix))
    .toSorted((one, other) => other.prefix.length - one.prefix.length)) {
    yield list(value, { kind: "network", prefix });
  }
  for (const [suffix, rule] of [...suffixes].toSorted(([a], [b]) => b.length - a.length)) {
    yield list(rule, { kind: "suffix", suffix });
  }
  if (anyHost !== undefined) yield list(anyHost, { kind: "any-host" });
  if (otherwise !== undefined) yield list(otherwise, { kind: "default" });
}

/** Which rule decides about which addresses while no client has a name: all of the address space, in
 * ranges without overlap, ascending, IPv4 first. `value` is undefined where no rule matches.
 *
 * Where `needsName` says so of an address of a range, a rule with a host's name may decide instead;
 * it says the same of the whole range. */
export function* addressSpace({
  tables,
}: AddressRules): Generator<AddressRange<AddressRule | undefined>> {
  const { networks, otherwise } = tables;
  const everything = everyAddress.map((prefix) => ({ prefix, value: otherwise }));
  const entries = [...networks.entries(), ...everything];
  const rules = prefixMap(entries.map(({ prefix, value }) => ({ prefix, value: { rule: value } })));
  for (const { first, last, value } of rules.ranges()) yield { first, last, value: value.rule };
}

const everyAddress: readonly Prefix[] = [
  { address: zeros(4, 4), length: 0 },
  { address: zeros(6, 16), length: 0 },
];

function zeros(version: 4 | 6, octets: number): IpAddress {
  return { version, octets: Array.from({ length: octets }, () => 0) };
}

function isWhole({ address, length }: Prefix): boolean {
  return length === address.octets.length * 8;
}

function list(rule: AddressRule, pattern: ListedRule["pattern"]): ListedRule {
  return { rule, pattern, verdict: verdictOf(rule) };
}
