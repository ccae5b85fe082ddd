// Sizes, as a configuration writes them: octets, or a number with KB, MB or GB (powers of 1,024).

import { bad, good, type Result } from "../../result.ts";
import { unfit } from "../problem.ts";

/** What to write, for messages. */
export const sizeExpected = "octets as a whole number, or a size such as 512KB, 25MB or 1GB";

export const sizePattern = "^[1-9][0-9]*(KB|MB|GB)?$";

const factors: Readonly<Record<string, number>> = { KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Octets of a size, 1 or more, or what is wrong with it. */
export function readSize(written: string | number): Result<number, string> {
  const text = String(written);
  if (!new RegExp(sizePattern).test(text)) return bad(unfit(written, sizeExpected));
  const octets = Number.parseInt(text, 10) * (factors[text.slice(-2)] ?? 1);
  return Number.isSafeInteger(octets) ? good(octets) : bad(unfit(written, sizeExpected));
}
