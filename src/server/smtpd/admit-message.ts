// May one message more come? Asked when its content is about to: from then on it costs us something,
// whether it is kept or not.

import { decide } from "../../core/policy/decide.ts";
import { known } from "../../core/policy/fact.ts";
import type { RuleSet } from "../../core/policy/request.ts";
import type { Reply } from "../../core/smtp/reply.ts";
import type { Accepted } from "./authorize.ts";
import type { Occasion, Report } from "./report.ts";
import type { SendingLimits } from "./sending-limits.ts";

export interface AdmitMessageOptions {
  readonly rules: RuleSet;
  readonly limits: SendingLimits;
  readonly report: Report;
}

/** Counts the message; or returns what the client is told because a limit is used up.
 * @param accepted the recipient that was accepted last: the decision is as it would be for it now. */
export type AdmitMessage = (occasion: () => Occasion, accepted: Accepted) => Reply | undefined;

export function createAdmitMessage(options: AdmitMessageOptions): AdmitMessage {
  const { rules, limits, report } = options;
  return (occasion, { request, countsAgainst }) => {
    const limit = limits.take("messages", countsAgainst);
    if (limit === undefined) return undefined;
    const limited = { ...request, facts: { ...request.facts, limit: known(limit) } };
    return report(occasion(), limited, decide(rules, limited));
  };
}
