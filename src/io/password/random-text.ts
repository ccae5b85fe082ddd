// Text by chance that people read and type.

import { randomInt } from "node:crypto";

/** Nothing among them that looks like something else, in whatever typeface: no i, l, o. */
const letters = "abcdefghjkmnpqrstuvwxyz";

/** Each letter is worth 4.5 bits. */
export function randomLetters(count: number): string {
  return Array.from({ length: count }, () => letters.charAt(randomInt(letters.length))).join("");
}

/** For what an operator names by typing it: one of 5 million million. */
export function shortId(): string {
  return randomLetters(9);
}
