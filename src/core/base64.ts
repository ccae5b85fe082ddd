// Base 64 (RFC 4648 §4), as SASL carries its octets inside lines of text.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values: ReadonlyMap<string, number> = new Map(
  Array.from(alphabet).map((character, value) => [character, value]),
);

export function encodeBase64(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += 3) {
    const [first = 0, second = 0, third = 0] = octets.subarray(at, at + 3);
    const bits = (first << 16) | (second << 8) | third;
    const digits = [18, 12, 6, 0].map((shift) => alphabet.charAt((bits >> shift) & 63)).join("");
    const missing = Math.max(0, at + 3 - octets.length);
    text += digits.slice(0, 4 - missing) + "=".repeat(missing);
  }
  return text;
}

/** Strict: padded, without white space, and with no bits left over, so that each text stands for
 * octets of its own. Undefined where it is not base 64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const digits = text.length - padding;
  const octets = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  let held = 0; // how many of the bits have not gone into an octet
  let end = 0;
  for (let at = 0; at < digits; at++) {
    const value = values.get(text.charAt(at));
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    octets[end++] = bits >> held;
  }
  return (bits & ((1 << held) - 1)) === 0 ? octets : undefined;
}
