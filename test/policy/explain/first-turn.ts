// The first change that an explanation names, made.

import assert from "node:assert/strict";
import { decide } from "../../../src/core/policy/decide.ts";
import type { Case, Change } from "../../../src/core/policy/explain/change.ts";
import { waysIn } from "../../../src/core/policy/explain/ways-in.ts";
import { waysOut } from "../../../src/core/policy/explain/ways-out.ts";
import { smallestTurns } from "../../../src/core/policy/explain/turns.ts";
import type { RelayRequest, RuleSet } from "../../../src/core/policy/request.ts";

/** The changed case, and what changed. */
export function firstTurn(
  rules: RuleSet,
  request: RelayRequest,
): Case & { readonly advice: string } {
  const isAccepted = decide(rules, request).verdict === "accept";
  const ways = isAccepted ? waysOut(rules, request) : waysIn(rules, request);
  const [first] = smallestTurns({ rules, request }, ways, isAccepted);
  assert.ok(first, "nothing turns it round");
  return { advice: first.advice, ...make(first.advice, ways, { rules, request }) };
}

/** Several changes made together stand in one advice, in their order. */
function make(advice: string, ways: readonly Change[], before: Case): Case {
  let rest = advice;
  let made = before;
  while (rest !== "") {
    const next = ways.find((way) => rest.startsWith(way.advice));
    assert.ok(next, `no way: ${rest}`);
    made = next.make(made);
    rest = rest.slice(next.advice.length).replace(/^, and /, "");
  }
  return made;
}
