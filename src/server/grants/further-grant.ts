// What is looked into for a client that would be refused: whether anybody else knows of a login from
// its address, and whether a grant of the sender's has ended there lately. Nobody else waits for it.

import { decide } from "../../core/policy/decide.ts";
import { type Fact, known } from "../../core/policy/fact.ts";
import type { Facts, GrantState, RelayRequest, RuleSet } from "../../core/policy/request.ts";
import type { Asked } from "../smtpd/facts.ts";
import type { GrantFact } from "./grant-fact.ts";
import type { GrantInquiries } from "./grant-inquiries.ts";

export interface FurtherGrantOptions {
  readonly rules: RuleSet;
  readonly fact: GrantFact;
  readonly inquiries: GrantInquiries;
  /** Whether reading mail from there could open anything. */
  readonly isPossible: (asked: Asked) => boolean;
}

/** What is known before the limits are. */
export type KnownFacts = Omit<Facts, "limit">;

export type FurtherGrant = (
  asked: Asked,
  facts: KnownFacts,
) => Fact<GrantState> | Promise<Fact<GrantState>>;

export function createFurtherGrant(options: FurtherGrantOptions): FurtherGrant {
  const { rules, fact, inquiries, isPossible } = options;

  async function lookFurther(asked: Asked, facts: KnownFacts): Promise<Fact<GrantState>> {
    const isShared = facts.grant.known && facts.grant.value.kind === "shared";
    if (isShared || inquiries.isEmpty) return fact.withOver(asked);
    const answer = await inquiries.ask(asked.client);
    const found = await fact.withOver(asked);
    const isDecided = found.known && found.value.kind === "live" && found.value.covers;
    return answer.known || isDecided ? found : answer;
  }

  return (asked, facts) => {
    const isMoreToSee = !inquiries.isEmpty || fact.hasOver(asked);
    if (!isMoreToSee || !isPossible(asked) || !hangsOnGrant(rules, asked, facts)) {
      return facts.grant;
    }
    return lookFurther(asked, facts);
  };
}

/** Whether the same client would be let in with a grant, and would not without one. */
function hangsOnGrant(rules: RuleSet, asked: Asked, facts: KnownFacts): boolean {
  const { role, tls, client, sender, recipient } = asked;
  const verdictWith = (grant: GrantState): string => {
    const request: RelayRequest = {
      role,
      tls,
      client,
      sender,
      recipient,
      facts: { ...facts, limit: known(undefined), grant: known(grant) },
    };
    return decide(rules, request).verdict;
  };
  return (
    verdictWith({ kind: "none" }) !== verdictWith({ kind: "live", account: null, covers: true })
  );
}
