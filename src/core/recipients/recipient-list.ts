// A list of a domain's recipients, as the operator brings it over from the host that has them.

import { mailboxKey, parseAddress } from "../mail/address.ts";
import type { Domain } from "../mail/domain.ts";
import { bad, good, type Result } from "../result.ts";

/** As `mailboxKey` has them. */
export type RecipientList = ReadonlySet<string>;

interface LineProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** Reads an address, or the part before the `@`, from each line; `#` begins a remark. */
export function readRecipientList(
  text: string,
  domain: Domain,
): Result<RecipientList, readonly LineProblem[]> {
  const keys = new Set<string>();
  const problems: LineProblem[] = [];
  for (const [index, whole] of text.split("\n").entries()) {
    const written = whole.replace(/(^|\s)#.*/, "").trim();
    if (written === "") continue;
    const address = parseAddress(written.includes("@") ? written : `${written}@${domain}`);
    const line = index + 1;
    if (!address.ok) problems.push({ line, text: `this is no address: ${quote(written)}` });
    else if (address.value.domain !== domain) {
      problems.push({ line, text: `this is no address of ${domain}: ${quote(written)}` });
    } else keys.add(mailboxKey(address.value));
  }
  return problems.length === 0 ? good(keys) : bad(problems);
}

function quote(written: string): string {
  return JSON.stringify(written.length > 80 ? `${written.slice(0, 80)}…` : written);
}
