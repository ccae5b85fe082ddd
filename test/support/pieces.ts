// Octets in pieces, as a network delivers them: for tests that nothing depends on where it cuts.

import * as fc from "fast-check";

/** Where to cut, as fractions of the whole, so that one value fits octets of any length. */
export const anyCuts: fc.Arbitrary<readonly number[]> = fc.array(
  fc.double({ min: 0, max: 1, noNaN: true }),
  { maxLength: 12 },
);

/** The octets cut at each of the fractions; empty pieces are left out. */
export function inPieces(octets: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const offsets = cuts.map((cut) => Math.round(cut * octets.length)).toSorted((a, b) => a - b);
  return [0, ...offsets]
    .map((offset, index) => octets.subarray(offset, offsets[index] ?? octets.length))
    .filter((piece) => piece.length > 0);
}

/** The octets one by one. */
export function octetByOctet(octets: Uint8Array): readonly Uint8Array[] {
  return [...octets].map((octet) => Uint8Array.of(octet));
}

/** Streams in which the given texts turn up far more often than chance would have them. */
export function octetsRichIn(...texts: readonly string[]): fc.Arbitrary<Uint8Array> {
  const likely = fc.constantFrom(...texts.map((text) => Buffer.from(text, "latin1")));
  const other = fc.uint8Array({ minLength: 1, maxLength: 3 }).map((octets) => Buffer.from(octets));
  return fc
    .array(fc.oneof({ arbitrary: likely, weight: 4 }, { arbitrary: other, weight: 1 }), {
      maxLength: 30,
    })
    .map((parts) => Buffer.concat(parts));
}
