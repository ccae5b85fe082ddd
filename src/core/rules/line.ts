// One line of a rules file: `address:instruction`.

import { bad, good, type Result } from "../result.ts";
import type { Remark } from "./variables.ts";

/** What a line holds before its parts are read. */
export interface RuleLine {
  readonly address: string;
  readonly instruction: string;
}

/** Splits a line, without its line end. Undefined where it holds nothing: it is empty, or `#` begins
 * it. The problem is a trap: the original passes over the line or refuses the file, and the line does
 * not count here. */
export function splitLine(line: string): Result<RuleLine | undefined, Remark> {
  if (line.startsWith("#")) return good(undefined);
  const text = line.replace(/[ \t\n]+$/, "");
  if (text === "") return good(undefined);
  const colon = findColon(text);
  if (colon === -1) {
    return bad({ offset: 0, text: "there is no colon, so this line does nothing" });
  }
  const address = text.slice(0, colon);
  const instruction = text.slice(colon + 1);
  if (/^[ \t]+(allow|deny)/.test(instruction)) {
    const advice = "take the blank before the instruction out; with it, this line does nothing";
    return bad({ offset: colon + 1, text: advice });
  }
  return good({ address, instruction });
}

/** The last colon before the first comma, as in ucspi-tcp6: addresses may have colons, and so may
 * values. Where the original takes a line at all, that is the first colon. */
function findColon(text: string): number {
  const comma = text.indexOf(",");
  const last = text.lastIndexOf(":", comma === -1 ? text.length : comma);
  return last === -1 ? text.indexOf(":") : last;
}
