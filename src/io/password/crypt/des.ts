// crypt(3)'s oldest kind: DES (FIPS 46) on 64 zero bits, 25 times, with the password's first eight
// octets as key and an expansion that the salt has changed. Bits are kept one a number, as the first
// crypt(3) did: slow for DES, and a fraction of a millisecond for a password.

import { alphabet } from "./alphabet.ts";
import {
  expansion,
  finalPermutation,
  initialPermutation,
  keyChoice,
  keyRotations,
  permutation,
  roundKeyChoice,
  substitutions,
} from "./des-tables.ts";

type Bits = readonly number[];

/** The 11 characters behind the salt. `salt`: two characters of the alphabet. */
export function desCrypt(password: Uint8Array, salt: string): string {
  const keys = roundKeys(keyOf(password));
  const salted = saltedExpansion(salt);
  let block: Bits = Array.from({ length: 64 }, () => 0);
  for (let time = 0; time < 25; time++) block = encrypt(block, keys, salted);
  return writeBlock(block);
}

/** Seven bits of each octet: the eighth was for parity, and is lost. */
function keyOf(password: Uint8Array): Bits {
  return Array.from({ length: 64 }, (_, index) => {
    const octet = password[index >> 3] ?? 0;
    return index % 8 === 7 ? 0 : (octet >> (6 - (index % 8))) & 1;
  });
}

function roundKeys(key: Bits): readonly Bits[] {
  const chosen = pick(key, keyChoice);
  let [left, right] = [chosen.slice(0, 28), chosen.slice(28)];
  return keyRotations.map((by) => {
    left = [...left.slice(by), ...left.slice(0, by)];
    right = [...right.slice(by), ...right.slice(0, by)];
    return pick([...left, ...right], roundKeyChoice);
  });
}

/** Each bit of the salt that is set exchanges two places of the expansion, 24 apart. */
function saltedExpansion(salt: string): readonly number[] {
  const places = [...expansion];
  for (let bit = 0; bit < 12; bit++) {
    const value = alphabet.indexOf(salt[bit < 6 ? 0 : 1] ?? ".");
    if (((value >> (bit % 6)) & 1) === 0) continue;
    const kept = places[bit] ?? 0;
    places[bit] = places[bit + 24] ?? 0;
    places[bit + 24] = kept;
  }
  return places;
}

function encrypt(block: Bits, keys: readonly Bits[], salted: readonly number[]): Bits {
  const start = pick(block, initialPermutation);
  let [left, right] = [start.slice(0, 32), start.slice(32)];
  for (const key of keys) {
    const mixed = pick(substitute(pick(right, salted), key), permutation);
    [left, right] = [right, left.map((bit, index) => bit ^ (mixed[index] ?? 0))];
  }
  return pick([...right, ...left], finalPermutation);
}

/** 48 bits, in groups of six, through the eight S-boxes to 32. */
function substitute(expanded: Bits, key: Bits): Bits {
  return substitutions.flatMap((box, index) => {
    const bit = (at: number): number =>
      (expanded[6 * index + at] ?? 0) ^ (key[6 * index + at] ?? 0);
    const row = 2 * bit(0) + bit(5);
    const column = 8 * bit(1) + 4 * bit(2) + 2 * bit(3) + bit(4);
    const value = box[16 * row + column] ?? 0;
    return [value >> 3, (value >> 2) & 1, (value >> 1) & 1, value & 1];
  });
}

/** The tables count bits from 1, as FIPS 46 does. */
function pick(bits: Bits, places: readonly number[]): Bits {
  return places.map((place) => bits[place - 1] ?? 0);
}

/** Six bits a character, the highest first; the last character has two bits too few. */
function writeBlock(block: Bits): string {
  let text = "";
  for (let start = 0; start < 64; start += 6) {
    let value = 0;
    for (let bit = 0; bit < 6; bit++) value = 2 * value + (block[start + bit] ?? 0);
    text += alphabet[value];
  }
  return text;
}
