// Who may relay. The server, the tests and every tool that explains call this one function.

import type { Decision } from "./decision.ts";
import type { RelayRequest, RuleSet } from "./request.ts";
import {
  accessRule,
  authenticated,
  blocklisted,
  clientDenied,
  grantLapsed,
  localRecipient,
  loginRequired,
  noSuchMailbox,
  overLimit,
  relayDomain,
  roamingGrant,
  type Row,
  type RowResult,
  type RowUnknown,
  senderNotOwned,
  tlsRequired,
  trustedNetwork,
} from "./rows.ts";

/** Rows that can only refuse, then rows that can only accept, then what a refusal may add; within
 * each the first match decides. */
export const refusals: readonly Row[] = [
  clientDenied, // 1
  tlsRequired, // 2
  loginRequired, // 3
  senderNotOwned, // 4
  overLimit, // 5
  noSuchMailbox, // 6
  blocklisted, // 7
];

export const acceptances: readonly Row[] = [
  localRecipient, // 8
  relayDomain, // 9
  authenticated, // 10
  trustedNetwork, // 11
  accessRule, // 12
  roamingGrant, // 13
];

/** Told of each row that is tried, in order, and what it found. */
export type Observe = (row: Row, result: RowResult) => void;

/** Decides one request. Pure: the same rules and facts always give the same decision.
 *
 * A row that depends on an unknown fact does not match, but neither is it forgotten: nobody is let
 * in past a row that might have refused, and nobody is refused for good where a row might have let
 * them in (row 14). Both are told to come back. */
export function decide(rules: RuleSet, request: RelayRequest, observe?: Observe): Decision {
  let mightRefuse: RowUnknown | undefined;
  for (const row of refusals) {
    const result = row.match(rules, request);
    observe?.(row, result);
    if (isDecision(result)) return result;
    if (result !== "no-match") mightRefuse ??= result;
  }
  let mightAccept: RowUnknown | undefined;
  for (const row of acceptances) {
    const result = row.match(rules, request);
    observe?.(row, result);
    if (isDecision(result)) return mightRefuse === undefined ? result : deferFor(mightRefuse);
    if (result !== "no-match") mightAccept ??= result;
  }
  if (mightAccept !== undefined) return deferFor(mightAccept); // 14
  const expired = grantLapsed.match(rules, request); // 15
  observe?.(grantLapsed, expired);
  if (isDecision(expired)) return expired;
  return { verdict: "refuse", reason: "relaying-denied" }; // 16
}

function isDecision(result: RowResult): result is Decision {
  return result !== "no-match" && "verdict" in result;
}

function deferFor({ unknown, why }: RowUnknown): Decision {
  return { verdict: "defer", reason: unknown, detail: why };
}
