// Return codes: the addresses in 127.0.0.0/8 with which a list says that, and why, it lists a client.

import { formatIp, parseIp } from "../mail/ip.ts";
import { bad, good, type Result } from "../result.ts";

/** Codes from `first` to `last`, both included, each an IPv4 address as a number. */
export interface CodeRange {
  readonly first: number;
  readonly last: number;
}

/** What to write, for messages. */
export const codesExpected =
  'a code or a range of codes, such as "127.0.0.2" or "127.0.0.4-127.0.0.11"';

/** What counts unless a list's settings say otherwise: all that RFC 5782 §2.1 leaves to the lists, but
 * for 127.0.0.1 and 127.255.255.0/24, with which several of them refuse an answer. */
export const usualCodes = "127.0.0.2-127.255.254.255";

/** The code in an answer; undefined where the address is in no list's range (RFC 5782 §2.1). */
export function readCode(text: string): number | undefined {
  const address = parseIp(text);
  if (address?.version !== 4 || address.octets[0] !== 127) return undefined;
  return address.octets.reduce((value, octet) => value * 256 + octet, 0);
}

/** Reads `127.0.0.2` or `127.0.0.4-127.0.0.11`, or says what is wrong with it. */
export function readCodeRange(text: string): Result<CodeRange, string> {
  const [firstText = "", lastText = firstText, ...rest] = text.split("-");
  const first = readCode(firstText.trim());
  const last = readCode(lastText.trim());
  if (first === undefined || last === undefined || rest.length > 0) {
    return bad(`"${text.slice(0, 60)}" does not fit here; write ${codesExpected}`);
  }
  if (first > last) return bad(`the range runs backwards; write ${formatRange(last, first)}`);
  const refused = [first, last].find(isRefusal);
  return refused === undefined
    ? good({ first, last })
    : bad(`${formatCode(refused)} means that a list refuses to answer; leave 127.255.255.0/24 out`);
}

/** Whether a list that answers so has refused the question: 127.255.255.0/24, by the lists' custom. */
export function isRefusal(code: number): boolean {
  return code >>> 8 === 0x7f_ff_ff;
}

export function isInRanges(code: number, ranges: readonly CodeRange[]): boolean {
  return ranges.some(({ first, last }) => first <= code && code <= last);
}

export function formatCode(code: number): string {
  const octets = [24, 16, 8, 0].map((shift) => (code >>> shift) & 0xff);
  return formatIp({ version: 4, octets });
}

function formatRange(first: number, last: number): string {
  return `"${formatCode(first)}-${formatCode(last)}"`;
}
