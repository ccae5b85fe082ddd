// What a list's answer about one address means.

import { type CodeRange, formatCode, isInRanges, isRefusal, readCode } from "./codes.ts";

/** What the DNS has under a name: A records, none, or nobody knows. */
export type AddressLookup =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly why: string };

export type ListAnswer =
  /** `codes` are those that count. */
  | { readonly kind: "listed"; readonly codes: readonly string[] }
  | { readonly kind: "not-listed" }
  /** No answer, or one that no list gives that is in order. */
  | { readonly kind: "unknown"; readonly why: string };

/** The most codes that a list in order says of one address; combined lists say five or six. */
const mostCodes = 32;

/** Only addresses in 127.0.0.0/8 are codes (RFC 5782 §2.1), and only those that `counting` names list
 * the client. One answer that is out of order makes the whole unknown: nothing in it can be believed. */
export function readAnswer(found: AddressLookup, counting: readonly CodeRange[]): ListAnswer {
  if (found.kind === "unknown") return found;
  if (found.kind === "none") return { kind: "not-listed" };
  const { addresses } = found;
  if (addresses.length === 0) return { kind: "unknown", why: "the answer holds no address" };
  if (addresses.length > mostCodes) {
    return { kind: "unknown", why: `${addresses.length} addresses in one answer` };
  }
  const codes: string[] = [];
  for (const address of addresses) {
    const code = readCode(address);
    if (code === undefined)
      return { kind: "unknown", why: `it answers ${address}, which is no code` };
    if (isRefusal(code)) return { kind: "unknown", why: `it refuses the question (${address})` };
    if (isInRanges(code, counting)) codes.push(formatCode(code));
  }
  return codes.length === 0 ? { kind: "not-listed" } : { kind: "listed", codes };
}
