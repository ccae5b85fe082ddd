// Limits over time, as a configuration writes them: `100 per 1h`, or `none`.

import type { Rate } from "../../limits/bucket.ts";
import { bad, good, type Result } from "../../result.ts";
import { describeValue, unfit } from "../problem.ts";
import { readDuration } from "./duration.ts";

/** What to write, for messages. */
export const rateExpected = "how many in how long, such as 100 per 1h, or none";

export const ratePattern = "^([1-9][0-9]* +per +[1-9][0-9]*[smhd]|none)$";

/** So that amount times period stays a whole number to the computer. */
const highest = 1_000_000;

const shape = /^([0-9]+) +per +([0-9]+[smhd])$/;

/** A rate, undefined for `none`, or what is wrong with it. */
export function readRate(text: string): Result<Rate | undefined, string> {
  if (text === "none") return good(undefined);
  const [, amountText = "", periodText = ""] = shape.exec(text) ?? [];
  const amount = Number(amountText);
  if (amountText === "") return bad(adviseOnSyntax(text));
  if (amount === 0) return bad(`${describeValue(text)} lets nothing through; write 1 or more`);
  if (amountText.startsWith("0")) return bad(unfit(text, rateExpected));
  if (amount > highest) return bad(`${amountText} is too many; write ${highest} or fewer, or none`);
  const period = readDuration(periodText);
  return period.ok ? good({ amount, period: period.value }) : bad(period.problem);
}

/** `100/1h` and `100 per hour` are what others write. */
function adviseOnSyntax(text: string): string {
  const [, amount, count = "1", unit = ""] =
    /^([1-9][0-9]*) *(?:\/|per|an?|in|every) *([1-9][0-9]*)? *([a-z]+)$/.exec(text) ?? [];
  const known = /^(s|m|h|d)(ec(ond)?s?|in(ute)?s?|(ou)?rs?|ays?)?$/.exec(unit)?.[1];
  if (amount === undefined || known === undefined) return unfit(text, rateExpected);
  return `${describeValue(text)} does not fit here; write ${amount} per ${count}${known}`;
}
