// Delivered-To fields: where a message has been already, in the words of those who delivered it or sent
// it on. Nobody has standardized them; qmail, Postfix and we write them, and end loops by them.

import { mailboxKey, parseAddress } from "./address.ts";

/** Octets of a header that are looked at: ours stand at its top. */
export const longestHeader = 256 * 1024;

const LF = 10;
const CR = 13;

/** Where the header ends in the beginning of a content, its empty line not included; undefined where
 * it goes on behind that beginning. */
export function endOfHeader(beginning: Uint8Array): number | undefined {
  for (let start = 0; ;) {
    const isEmpty =
      beginning[start] === LF || (beginning[start] === CR && beginning[start + 1] === LF);
    if (isEmpty) return start;
    const end = beginning.indexOf(LF, start);
    if (end === -1) return undefined;
    start = end + 1;
  }
}

/** The addresses in the Delivered-To fields of a header, as `mailboxKey` has them, in their order. */
export function readDeliveredTo(header: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(header);
  return [
    ...text.matchAll(/^delivered-to:[ \t]*(?:\r?\n[ \t]+)?<?([^\r\n]*?)>?[ \t]*\r?$/gim),
  ].flatMap(([, written = ""]) => {
    const address = parseAddress(written);
    return address.ok ? [mailboxKey(address.value)] : [];
  });
}
