// From prefixes to values: what does the longest prefix say that holds an address?

import { finish, type Work } from "../work.ts";
import type { IpAddress, Prefix } from "./ip.ts";
import {
  findRange4,
  findRange6,
  nextAddress,
  nobody,
  type PrefixTable,
  PrefixTableBuilder,
} from "./prefix-table.ts";

export interface PrefixEntry<Value> {
  readonly prefix: Prefix;
  readonly value: Value;
}

/** A run of addresses that the same entry decides about. */
export interface AddressRange<Value> {
  readonly first: IpAddress;
  readonly last: IpAddress;
  readonly value: Value;
}

/** The prefixes of one address family, with their values. */
interface Family<Value> {
  readonly table: PrefixTable;
  readonly values: readonly Value[];
  readonly width: 1 | 4;
}

/** Does not change. A look-up is a binary search over at most two ranges for each prefix: with
 * 100,000 prefixes well under a microsecond (`npm run bench -- --policy`). A prefix takes about 40
 * octets (IPv4) or 80 (IPv6) beside its value. */
export class PrefixMap<Value> {
  readonly #ipv4: Family<Value>;
  readonly #ipv6: Family<Value>;

  constructor(ipv4: Family<Value>, ipv6: Family<Value>) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
  }

  /** The value of the longest prefix that holds the address. */
  find({ version, octets }: IpAddress): Value | undefined {
    return version === 4
      ? valueOf(this.#ipv4, findRange4(this.#ipv4.table, octets))
      : valueOf(this.#ipv6, findRange6(this.#ipv6.table, octets));
  }

  /** Bits of the longest prefix that holds the address. */
  lengthAt({ version, octets }: IpAddress): number | undefined {
    const { table } = version === 4 ? this.#ipv4 : this.#ipv6;
    const range = version === 4 ? findRange4(table, octets) : findRange6(table, octets);
    const owner = table.owners[range] ?? nobody;
    return owner === nobody ? undefined : table.lengths[owner];
  }

  /** IPv4 first, each family in the order in which it was added; those are left out that an equal,
   * earlier one hides. */
  *entries(): Generator<PrefixEntry<Value>> {
    for (const family of [this.#ipv4, this.#ipv6]) yield* entriesOf(family);
  }

  /** All of the address space that some prefix holds, in ranges without overlap: ascending, IPv4
   * first. Two ranges that touch may have the same value. */
  *ranges(): Generator<AddressRange<Value>> {
    for (const family of [this.#ipv4, this.#ipv6]) yield* rangesOf(family);
  }

  /** Pairs with the same prefix: the value that counts, and the later one that never does. */
  *repeated(): Generator<readonly [Value, Value]> {
    for (const { table, values } of [this.#ipv4, this.#ipv6]) {
      for (const [counts, never] of table.repeated) {
        const [first, later] = [values[counts], values[never]];
        if (first !== undefined && later !== undefined) yield [first, later];
      }
    }
  }
}

/** Gathers prefixes. Of equal ones the first counts. */
export class PrefixMapBuilder<Value> {
  readonly #builders = { 4: new PrefixTableBuilder(1), 6: new PrefixTableBuilder(4) };
  readonly #values: Readonly<Record<4 | 6, Value[]>> = { 4: [], 6: [] };

  get size(): number {
    return this.#values[4].length + this.#values[6].length;
  }

  add({ address: { version, octets }, length }: Prefix, value: Value): void {
    this.#builders[version].add(octets, length);
    this.#values[version].push(value);
  }

  *build(): Work<PrefixMap<Value>> {
    const ipv4 = yield* this.#builders[4].build();
    const ipv6 = yield* this.#builders[6].build();
    return new PrefixMap(
      { table: ipv4, values: this.#values[4], width: 1 },
      { table: ipv6, values: this.#values[6], width: 4 },
    );
  }
}

/** For a few prefixes: all at once. */
export function prefixMap<Value>(entries: Iterable<PrefixEntry<Value>>): PrefixMap<Value> {
  const builder = new PrefixMapBuilder<Value>();
  for (const { prefix, value } of entries) builder.add(prefix, value);
  return finish(builder.build());
}

function* entriesOf<Value>({ table, values, width }: Family<Value>): Generator<PrefixEntry<Value>> {
  const hidden = new Set(table.repeated.map(([, never]) => never));
  for (const [index, value] of values.entries()) {
    if (hidden.has(index)) continue;
    const address = addressOf([...table.words.subarray(index * width, (index + 1) * width)]);
    yield { prefix: { address, length: table.lengths[index] ?? 0 }, value };
  }
}

function* rangesOf<Value>(family: Family<Value>): Generator<AddressRange<Value>> {
  const { table, width } = family;
  for (let range = 0; range < table.owners.length; range++) {
    const value = valueOf(family, range);
    if (value === undefined) continue;
    const start = [...table.starts.subarray(range * width, (range + 1) * width)];
    const next = [...table.starts.subarray((range + 1) * width, (range + 2) * width)];
    const last = next.length === 0 ? start.map(() => 0xffffffff) : before(next);
    yield { first: addressOf(start), last: addressOf(last), value };
  }
}

function valueOf<Value>({ table, values }: Family<Value>, range: number): Value | undefined {
  const owner = table.owners[range] ?? nobody;
  return owner === nobody ? undefined : values[owner];
}

function addressOf(words: readonly number[]): IpAddress {
  const octets = words.flatMap((word) => [
    word >>> 24,
    (word >>> 16) & 0xff,
    (word >>> 8) & 0xff,
    word & 0xff,
  ]);
  return { version: octets.length === 4 ? 4 : 6, octets };
}

/** The address before one that is not the very first. */
function before(address: readonly number[]): readonly number[] {
  const flipped = nextAddress(address.map((word) => ~word >>> 0));
  return (flipped ?? address).map((word) => ~word >>> 0);
}
