// Passwords for single devices: chance alone, 108 bits of it, so that a plain digest is enough to
// keep of them. Nobody guesses one, whatever the table that was stolen.

import { createHash } from "node:crypto";
import { randomLetters } from "./random-text.ts";

const groups = 4;
const groupLength = 6;

/** `hqvtkm-wsybdz-rnpxae-gcfuhj` */
export function newAppPassword(): string {
  return Array.from({ length: groups }, () => randomLetters(groupLength)).join("-");
}

/** What is kept of it: SHA-256, in hex. However the groups were typed (capitals, blanks, no
 * hyphens), it is the same; undefined where the text is no app password, so that nobody need look. */
export function appPasswordDigest(text: string): string | undefined {
  const typed = text.toLowerCase().replace(/[\s-]/g, "");
  if (typed.length !== groups * groupLength || !/^[a-z]+$/.test(typed)) return undefined;
  return createHash("sha256").update(typed).digest("hex");
}
