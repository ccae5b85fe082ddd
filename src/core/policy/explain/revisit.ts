// Explains a decision of the past from the facts that were kept with it.

import { prefixContains } from "../../mail/ip.ts";
import { decide } from "../decide.ts";
import type { Decision } from "../decision.ts";
import type { KeptDecision } from "../kept-decision.ts";
import type { RuleSet } from "../request.ts";
import { explain } from "./explain.ts";
import type { Explanation } from "./explanation.ts";

export interface Revisit {
  readonly explanation: Explanation;
  /** What the same facts come to by today's rules, where that is something else. */
  readonly today?: Decision;
}

/** @param rules those of today. Of those of then, the part that mattered was kept. */
export function revisit(rules: RuleSet, kept: KeptDecision): Revisit {
  const { id, request, decision } = kept;
  const explanation = explain(rulesThen(rules, kept), request, id);
  const today = decide(rules, request);
  const isSame = today.verdict === decision.verdict && today.reason === decision.reason;
  return { explanation: { ...explanation, decision }, ...(!isSame && { today }) };
}

/** Today's rules, but for the networks around the client: there stands what stood there then. */
function rulesThen(rules: RuleSet, { request: { client }, network }: KeptDecision): RuleSet {
  const others = rules.networks.filter(({ prefix }) => !prefixContains(prefix, client));
  return { ...rules, networks: network === undefined ? others : [network, ...others] };
}
