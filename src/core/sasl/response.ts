// A client's message as it stands on a line of SMTP or POP3: in base 64 (RFC 4954 §4, RFC 5034 §4).

import { decodeBase64 } from "../base64.ts";

/** Longest message of a client, in octets: RFC 4954 §4 finds 12,288 sufficient. */
const maxResponseOctets = 12_288;
/** Octets that the longest message takes on its line, CR LF not counted. */
export const maxResponseLine = (maxResponseOctets / 3) * 4;

export type ResponseLine =
  | { readonly kind: "response"; readonly octets: Uint8Array }
  | { readonly kind: "cancel" }
  | { readonly kind: "too-long" }
  | { readonly kind: "bad-base64" };

/** A line that answers a challenge. */
export function readResponse(line: string): ResponseLine {
  return line === "*" ? { kind: "cancel" } : decode(line);
}

/** What stands behind the mechanism's name: `=` is an empty message, where nothing would be none. */
export function readInitialResponse(word: string): ResponseLine {
  return word === "=" ? { kind: "response", octets: new Uint8Array(0) } : decode(word);
}

function decode(text: string): ResponseLine {
  if (text.length > maxResponseLine) return { kind: "too-long" };
  const octets = decodeBase64(text);
  return octets === undefined ? { kind: "bad-base64" } : { kind: "response", octets };
}
