// How ucspi-tcp6 writes a network as a key of a cdb: `_` (IPv4) or `^` (IPv6), a character for each
// bit, and NUL, which older versions leave out. A zero is `0`; a one is a letter, or `1`.

import type { Prefix } from "../mail/ip.ts";

/** IPv4: a one's letter goes by the number of bits before it. */
const letters4 = "abcdefghijklmnopqrstuvwxyz123456";
/** IPv6: the first one is this character, each further one takes the next. */
const firstLetter6 = 0x60;

/** The network that a key means; undefined where the key is of another form. */
export function readBitKey(key: string): Prefix | undefined {
  const version = key.startsWith("_") ? 4 : key.startsWith("^") ? 6 : undefined;
  const bits = key.slice(1).replace(/\0$/, "");
  if (version === undefined || bits === "" || bits.length > widthOf(version)) return undefined;
  const octets = Array.from({ length: widthOf(version) / 8 }, () => 0);
  for (const [index, bit] of bits.split("").entries()) {
    if (bit !== "0") octets[index >> 3] = (octets[index >> 3] ?? 0) | (0x80 >> (index & 7));
  }
  const prefix: Prefix = { address: { version, octets }, length: bits.length };
  const isPlain = /^[01]+$/.test(bits);
  return isPlain || formatBits(prefix) === bits ? prefix : undefined;
}

/** The key as ucspi-tcp6 writes it. */
export function formatBitKey(prefix: Prefix): string {
  return `${prefix.address.version === 4 ? "_" : "^"}${formatBits(prefix)}\0`;
}

function formatBits({ address: { version, octets }, length }: Prefix): string {
  let bits = "";
  let ones = 0;
  for (let bit = 0; bit < length; bit++) {
    const isOne = (((octets[bit >> 3] ?? 0) << (bit & 7)) & 0x80) !== 0;
    if (!isOne) bits += "0";
    else bits += version === 4 ? (letters4[bit] ?? "") : String.fromCharCode(firstLetter6 + ones++);
  }
  return bits;
}

function widthOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}
