// Unique ids for UIDL (RFC 1939 §7): from 1 to 70 characters of `!` to `~`, the same in every session.

import { createHash } from "node:crypto";

/** Whether a text can be sent as a unique id. */
export function isUid(text: string): boolean {
  return /^[!-~]{1,70}$/.test(text);
}

/** The id of a message whose name has this base: the base itself, as qmail's POP3 server has it, or a
 * digest of it where it is too long or has other octets in it.
 * @param base one character for each octet
 * @param twin how many messages of the same base come before this one */
export function uidOf(base: string, twin = 0): string {
  if (twin === 0 && isUid(base)) return base;
  const named = twin === 0 ? base : `${base}:${twin}`; // no base has a colon in it
  return createHash("sha256").update(named, "latin1").digest("base64url");
}
