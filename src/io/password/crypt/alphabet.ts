// The 64 characters in which crypt(3) writes salts and results. It is not base64: another order, and
// the lowest bits come first.

export const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `length` characters for a number, its lowest six bits first. */
function writeBits(value: number, length: number): string {
  let text = "";
  for (let index = 0; index < length; index++) text += alphabet[(value >> (6 * index)) & 63];
  return text;
}

/** Octets in groups of three, each group four characters, in an order that every kind of hash has for
 * itself; a last group may be shorter. The first of a group has the highest bits. */
export function writeOctets(octets: Uint8Array, order: readonly (readonly number[])[]): string {
  return order
    .map((group) => {
      const value = group.reduce((sum, index) => (sum << 8) | (octets[index] ?? 0), 0);
      return writeBits(value, group.length + 1);
    })
    .join("");
}
