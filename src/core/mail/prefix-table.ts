// Prefixes of one address family, laid out flat: nested prefixes are cut into ranges that do not
// overlap, so that the longest prefix that holds an address is found with one binary search.
//
// An address is 1 word of 32 bits (IPv4) or 4 (IPv6), the first one the most significant.

import { stride, type Work } from "../work.ts";
import { sortIndices } from "./merge-sort.ts";

/** No prefix holds this range. */
export const nobody = -1;

export interface PrefixTable {
  /** The prefixes as they were added: first addresses and lengths. */
  readonly words: Uint32Array;
  readonly lengths: Uint8Array;
  /** The first addresses of the ranges, ascending. */
  readonly starts: Uint32Array;
  /** For each range the number of the longest prefix that holds it, or `nobody`. */
  readonly owners: Int32Array;
  /** Pairs of equal prefixes: the one that counts, and the later one that does not. */
  readonly repeated: readonly (readonly [number, number])[];
}

export class PrefixTableBuilder {
  readonly #width: number;
  // Typed arrays that double: a list of a million numbers is turned into one in a single long step.
  #words: Uint32Array;
  #lengths = new Uint8Array(16);
  #count = 0;

  /** @param width words of an address: 1 or 4. */
  constructor(width: 1 | 4) {
    this.#width = width;
    this.#words = new Uint32Array(this.#lengths.length * width);
  }

  add(octets: readonly number[], length: number): void {
    if (this.#count === this.#lengths.length) this.#grow();
    for (let word = 0; word < this.#width; word++) {
      const value = wordAt(octets, word * 4) & maskOf(length - word * 32);
      this.#words[this.#count * this.#width + word] = value;
    }
    this.#lengths[this.#count++] = length;
  }

  /** Of equal prefixes the one that was added first counts. */
  *build(): Work<PrefixTable> {
    const width = this.#width;
    const words = this.#words.slice(0, this.#count * width);
    const lengths = this.#lengths.slice(0, this.#count);
    const compare = (one: number, other: number) =>
      compareWords(words, one, words, other, width) || (lengths[one] ?? 0) - (lengths[other] ?? 0);
    const order = yield* sortIndices(lengths.length, compare);
    const layout = new Layout(width, order.length);
    const repeated: [number, number][] = [];
    let before: number | undefined;
    for (const [rank, index] of order.entries()) {
      if (rank % stride === 0) yield;
      if (before !== undefined && compare(before, index) === 0) {
        repeated.push([before, index]);
        continue;
      }
      before = index;
      const start = Array.from({ length: width }, (_, word) => words[index * width + word] ?? 0);
      layout.open(start, lastAddress(start, lengths[index] ?? 0), index);
    }
    return { words, lengths, ...layout.finish(), repeated };
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    const lengths = new Uint8Array(this.#lengths.length * 2);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
  }
}

type Words = readonly number[];

/** Takes prefixes by first address, wider ones first, and cuts them into ranges. */
class Layout {
  readonly #width: number;
  readonly #starts: Uint32Array;
  readonly #owners: Int32Array;
  #count = 0;
  /** The prefixes that hold the place where we are, the widest first. */
  readonly #around: { readonly last: Words; readonly owner: number }[] = [];

  constructor(width: number, prefixes: number) {
    this.#width = width;
    // Each prefix begins a range and leaves one behind it.
    this.#starts = new Uint32Array(2 * prefixes * width);
    this.#owners = new Int32Array(2 * prefixes);
  }

  open(first: Words, last: Words, owner: number): void {
    for (let inner = this.#around.at(-1); inner !== undefined; inner = this.#around.at(-1)) {
      if (compareWords(inner.last, 0, first, 0, this.#width) >= 0) break;
      this.#close();
    }
    this.#begin(first, owner);
    this.#around.push({ last, owner });
  }

  finish(): Pick<PrefixTable, "starts" | "owners"> {
    while (this.#around.length > 0) this.#close();
    return {
      starts: this.#starts.slice(0, this.#count * this.#width),
      owners: this.#owners.slice(0, this.#count),
    };
  }

  #close(): void {
    const last = this.#around.pop()?.last;
    const behind = last && nextAddress(last);
    if (behind !== undefined) this.#begin(behind, this.#around.at(-1)?.owner ?? nobody);
  }

  #begin(start: Words, owner: number): void {
    const previous = this.#count - 1;
    // Two prefixes that begin or end together: the last word counts.
    const isSame =
      previous >= 0 && compareWords(this.#starts, previous, start, 0, this.#width) === 0;
    const at = isSame ? previous : this.#count++;
    this.#starts.set(start, at * this.#width);
    this.#owners[at] = owner;
  }
}

/** Compares the `i`th address of one list with the `j`th of another. */
function compareWords(
  one: ArrayLike<number>,
  i: number,
  other: ArrayLike<number>,
  j: number,
  width: number,
): number {
  for (let word = 0; word < width; word++) {
    const difference = (one[i * width + word] ?? 0) - (other[j * width + word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The last address of the prefix that begins at `first`. */
function lastAddress(first: Words, length: number): Words {
  return first.map((word, index) => (word | ~maskOf(length - 32 * index)) >>> 0);
}

/** The first `bits` of a word. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

/** The address behind another; undefined behind the very last. */
export function nextAddress(address: Words): Words | undefined {
  const next = [...address];
  for (let word = next.length - 1; word >= 0; word--) {
    const value = next[word] ?? 0;
    next[word] = (value + 1) >>> 0;
    if (value !== 0xffffffff) return next;
  }
  return undefined;
}

/** The range that holds an IPv4 address; -1 before the first. */
export function findRange4({ starts }: PrefixTable, octets: readonly number[]): number {
  const word = wordAt(octets, 0);
  let low = -1;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= word) low = middle;
    else high = middle;
  }
  return low;
}

/** The range that holds an IPv6 address; -1 before the first. */
export function findRange6({ starts, owners }: PrefixTable, octets: readonly number[]): number {
  const a = wordAt(octets, 0);
  const b = wordAt(octets, 4);
  const c = wordAt(octets, 8);
  const d = wordAt(octets, 12);
  let low = -1;
  let high = owners.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const at = middle * 4;
    // Written out: this is where a look-up spends its time.
    let isAbove = (starts[at] ?? 0) > a;
    if (starts[at] === a) {
      isAbove = (starts[at + 1] ?? 0) > b;
      if (starts[at + 1] === b) {
        isAbove = (starts[at + 2] ?? 0) > c;
        if (starts[at + 2] === c) isAbove = (starts[at + 3] ?? 0) > d;
      }
    }
    if (isAbove) high = middle;
    else low = middle;
  }
  return low;
}

/** The word that begins at octet `at`. */
function wordAt(octets: readonly number[], at: number): number {
  const high = ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
  const low = ((octets[at + 2] ?? 0) << 8) | (octets[at + 3] ?? 0);
  return ((high << 16) | low) >>> 0;
}
