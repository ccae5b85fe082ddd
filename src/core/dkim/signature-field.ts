// The DKIM-Signature field (RFC 6376 §3.5).

import type { Domain } from "../mail/domain.ts";
import type { KeyAlgorithm } from "./key.ts";

export interface SignatureParts {
  readonly algorithm: KeyAlgorithm;
  readonly domain: Domain;
  readonly selector: string;
  /** UTC milliseconds. */
  readonly signedAt: number;
  /** What is signed of the header, as `namesToSign` says. */
  readonly names: readonly string[];
  /** SHA-256 of the relaxed body, in base 64. */
  readonly bodyHash: string;
}

/** Characters; RFC 5322 §2.1.1 asks for 78 at most. */
const longestLine = 76;
const fieldName = "DKIM-Signature";

/** The field's value without its signature, which belongs at its end; as it is signed. */
export function formatUnsigned(parts: SignatureParts): string {
  const { algorithm, domain, selector, signedAt, names, bodyHash } = parts;
  const tags = [
    "v=1",
    `a=${algorithm}-sha256`,
    "c=relaxed/relaxed",
    `d=${domain}`,
    `s=${selector}`,
    `t=${Math.floor(signedAt / 1000)}`,
    // A colon may have white space around it, and so a long list can be folded.
    `h=${names.join(": ")}`,
    `bh=${bodyHash}`,
    "b=",
  ];
  return fold(`${fieldName}: ${tags.join("; ")}`).slice(fieldName.length + 1);
}

/** Between words alone: a long domain has to stay whole. */
function fold(text: string): string {
  let folded = "";
  let column = 0;
  for (const word of text.split(" ")) {
    const isFirst = column === 0;
    const fits = isFirst || column + 1 + word.length <= longestLine;
    folded += (isFirst ? "" : fits ? " " : "\r\n\t") + word;
    column = fits ? column + 1 + word.length : 1 + word.length;
  }
  return folded;
}

/** The whole field, ended by CR LF.
 * @param unsigned of `formatUnsigned`
 * @param signature in base 64 */
export function formatSigned(unsigned: string, signature: string): string {
  const lines = signature.match(/.{1,72}/g) ?? [];
  return `${fieldName}:${unsigned}\r\n\t${lines.join("\r\n\t")}\r\n`;
}
