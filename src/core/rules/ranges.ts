// `1.2.3.37-53` and `10.2-3.`: what tcprules writes out as one key for each number.

import { bad, good, type Result } from "../result.ts";

/** The addresses that a rule's address stands for: itself, unless it is a range. Numbers above 255
 * are left out, as in the original, and so is a range that begins above its end. */
export function expandRange(address: string): Result<readonly string[], string> {
  const hyphen = address.indexOf("-");
  if (hyphen === -1 || /[=@:]/.test(address)) return good([address]);
  const start = address.lastIndexOf(".", hyphen) + 1;
  const dot = address.indexOf(".", hyphen);
  const end = dot === -1 ? address.length : dot;
  const first = readNumber(address.slice(start, hyphen));
  const last = readNumber(address.slice(hyphen + 1, end));
  if (first === undefined || last === undefined) {
    return bad("a range is two numbers with a hyphen between, such as 192.0.2.10-19");
  }
  const count = Math.max(0, Math.min(last, 255) - first + 1);
  const [head, tail] = [address.slice(0, start), address.slice(end)];
  return good(Array.from({ length: count }, (_, index) => `${head}${first + index}${tail}`));
}

/** Digits, or none at all for 0. The original counts modulo 2^64. */
function readNumber(digits: string): number | undefined {
  if (!/^[0-9]*$/.test(digits)) return undefined;
  return digits.length <= 15 ? Number(digits) : Number(BigInt.asUintN(64, BigInt(digits)));
}
