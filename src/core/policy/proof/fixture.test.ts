// Random policies and requests for the proof's properties. Networks and rules are drawn from a small
// part of the address space, so that they nest, touch and hide each other.

import * as fc from "fast-check";
import type { Place } from "../../config/settings.ts";
import { type IpAddress, type Prefix, prefixContains } from "../../mail/ip.ts";
import { addressBits, ipFromNumber, ipToNumber, type IpVersion } from "../../mail/ip-number.ts";
import { known } from "../fact.ts";
import type { AccessVerdict } from "../request.ts";
import { prefixOf } from "./lines.ts";
import type { AccessRule, AccessRules, RelayPolicy } from "./policy.ts";

export const allowed: AccessVerdict = { access: "allow", relay: false, skipsBlocklists: false };

/** Looks the rules up one after another, as slowly as can be: what says nothing allows. */
export function accessRules(rules: readonly AccessRule[]): AccessRules {
  return {
    rules,
    access: (client) =>
      known(
        rules.find((rule) => {
          const prefix = prefixOf(rule);
          return prefix === undefined
            ? rule.pattern.kind === "default"
            : prefixContains(prefix, client);
        })?.verdict ?? allowed,
      ),
  };
}

export function policyOf(parts: Partial<RelayPolicy>): RelayPolicy {
  return {
    rules: { networks: [] },
    access: accessRules([]),
    acknowledged: [],
    listeners: [],
    ...parts,
  };
}

const anyVersion = fc.constantFrom<IpVersion>(4, 4, 6);

/** An address of which only a few bits differ, at the beginning, in the middle and at the end. */
const anyAddress: fc.Arbitrary<IpAddress> = fc
  .tuple(anyVersion, fc.nat(7), fc.nat(7), fc.nat(15))
  .map(([version, head, middle, tail]) => {
    const bits = BigInt(addressBits[version]);
    const value = (BigInt(head) << (bits - 3n)) | (BigInt(middle) << (bits / 2n)) | BigInt(tail);
    return ipFromNumber(value, version);
  });

const anyPrefix: fc.Arbitrary<Prefix> = fc
  .tuple(anyAddress, fc.constantFrom(0, 1, 2, 3, 13, 14, 15, 16, 28, 29, 31, 32, 64, 128))
  .map(([{ version, octets }, wanted]) => {
    const length = Math.min(wanted, addressBits[version]);
    const shift = BigInt(addressBits[version] - length);
    const value = (ipToNumber({ version, octets }) >> shift) << shift;
    return { address: ipFromNumber(value, version), length };
  });

/** An address at, before or behind an edge of the policy's prefixes, or anywhere. */
export function anyClientOf(policy: RelayPolicy): fc.Arbitrary<IpAddress> {
  const prefixes = prefixesIn(policy);
  const anywhere = anyVersion.chain((version) =>
    fc
      .bigInt({ min: 0n, max: (1n << BigInt(addressBits[version])) - 1n })
      .map((value) => ipFromNumber(value, version)),
  );
  const edges = prefixes.flatMap(edgesOf);
  return edges.length === 0
    ? fc.oneof(anyAddress, anywhere)
    : fc.oneof(fc.constantFrom(...edges), anyAddress, anywhere);
}

/** All prefixes that the policy names. */
export function prefixesIn({ rules, access }: RelayPolicy): readonly Prefix[] {
  return [
    ...rules.networks.map(({ prefix }) => prefix),
    ...access.rules.flatMap((rule) => prefixOf(rule) ?? []),
  ];
}

/** The first and last address of a prefix, and their neighbours outside. */
export function edgesOf({ address, length }: Prefix): readonly IpAddress[] {
  const bits = BigInt(addressBits[address.version]);
  const first = ipToNumber(address);
  const last = first + (1n << (bits - BigInt(length))) - 1n;
  return [first - 1n, first, last, last + 1n]
    .filter((value) => value >= 0n && value < 1n << bits)
    .map((value) => ipFromNumber(value, address.version));
}

const anyVerdict = fc.oneof(
  fc.record({
    access: fc.constant("allow" as const),
    relay: fc.boolean(),
    skipsBlocklists: fc.boolean(),
  }),
  fc.record({ access: fc.constant("deny" as const), temporary: fc.boolean() }),
);

const anyPattern: fc.Arbitrary<AccessRule["pattern"]> = fc.oneof(
  { weight: 5, arbitrary: anyPrefix.map((prefix) => ({ kind: "network" as const, prefix })) },
  { weight: 2, arbitrary: anyAddress.map((address) => ({ kind: "address" as const, address })) },
  { weight: 1, arbitrary: fc.constant({ kind: "suffix" as const, suffix: ".example.net" }) },
  { weight: 1, arbitrary: fc.constant({ kind: "default" as const }) },
);

function placeAt(file: string, index: number): Place {
  return { file, line: index + 1, column: 1 };
}

export const anyPolicy: fc.Arbitrary<RelayPolicy> = fc
  .record({
    networks: fc.array(anyPrefix, { maxLength: 4 }),
    rules: fc.array(fc.tuple(anyPattern, anyVerdict), { maxLength: 5 }),
  })
  .map(({ networks, rules }) =>
    policyOf({
      rules: {
        networks: networks.map((prefix, index) => ({ prefix, place: placeAt("b.yaml", index) })),
      },
      access: accessRules(
        rules.map(([pattern, verdict], index) => ({
          pattern,
          verdict: { ...verdict, place: placeAt("tcp.smtp", index) },
        })),
      ),
    }),
  );
