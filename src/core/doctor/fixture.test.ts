// What tests say of findings: how each came out, and some words of it.

import assert from "node:assert/strict";
import { parseIp } from "../mail/ip.ts";
import type { IpAddress } from "../mail/ip.ts";
import type { Finding, Outcome } from "./finding.ts";

/** Each finding in its turn: its outcome, and what it says. Those that are not ok say what to do. */
export function assertFindings(
  findings: readonly Finding[],
  ...wanted: readonly (readonly [Outcome, RegExp])[]
): void {
  const said = findings.map(({ outcome, what }) => `${outcome}: ${what}`);
  assert.equal(findings.length, wanted.length, said.join("\n"));
  for (const [index, [outcome, words]] of wanted.entries()) {
    assert.match(said[index] ?? "", new RegExp(`^${outcome}: .*${words.source}`, "s"));
  }
}

export function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}
