// One RCPT: gathers the facts, asks `decide`, and makes the reply.

import type { Subject } from "../../core/limits/subject.ts";
import { decide } from "../../core/policy/decide.ts";
import type { Decision } from "../../core/policy/decision.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { known } from "../../core/policy/fact.ts";
import type { Facts, RelayRequest, RuleSet } from "../../core/policy/request.ts";
import type { Answer } from "../../core/smtp/server/state.ts";
import { type Asked, type FactSources, gatherFacts } from "./facts.ts";
import type { Occasion, Report } from "./report.ts";
import type { SendingLimits } from "./sending-limits.ts";

interface RecipientQuestion extends Asked, Occasion {}

export interface AuthorizeOptions {
  readonly rules: RuleSet;
  readonly sources: FactSources;
  readonly limits: SendingLimits;
  readonly report: Report;
}

export interface Authorization extends Answer {
  readonly accepted?: Accepted;
}

export interface Accepted {
  readonly request: RelayRequest;
  /** Whom the message will count against, too. */
  readonly countsAgainst: readonly Subject[];
  /** What let the client in, where it was a grant. */
  readonly usedGrant?: UsedGrant;
}

export interface UsedGrant {
  readonly client: IpAddress;
  /** Null where the source of the grant names none. */
  readonly account: string | null;
}

/** Answers at once where nothing has to be looked up. */
export type Authorize = (question: RecipientQuestion) => Authorization | Promise<Authorization>;

export function createAuthorize(options: AuthorizeOptions): Authorize {
  const { rules, sources, limits, report } = options;

  function conclude(question: RecipientQuestion, facts: Facts): Authorization {
    const { role, tls, client, sender, recipient } = question;
    const request = { role, tls, client, sender, recipient, facts };
    const { login, access, grant } = facts;
    const countsAgainst = limits.countsAgainst({ role, client, login, access, grant });
    const decision = decideAndCount(request, countsAgainst);
    if (isGuess(decision)) limits.refused(countsAgainst);
    const reply = report(question, request, decision);
    if (decision.verdict !== "accept") return { reply };
    return {
      reply,
      recipient: { address: recipient, kind: decision.deliver },
      accepted: { request, countsAgainst, ...usedGrantOf(decision, request) },
    };
  }

  /** A recipient counts when it is accepted. What other sessions have used up since the facts were
   * gathered may put it off after all. */
  function decideAndCount(request: RelayRequest, countsAgainst: readonly Subject[]): Decision {
    const decision = decide(rules, request);
    if (decision.verdict !== "accept") return decision;
    const limit = limits.take("recipients", countsAgainst);
    if (limit === undefined) return decision;
    return decide(rules, { ...request, facts: { ...request.facts, limit: known(limit) } });
  }

  return (question) => {
    const facts = gatherFacts(sources, question);
    if (!(facts instanceof Promise)) return conclude(question, facts);
    return facts.then((found) => conclude(question, found));
  };
}

/** Whoever looks for mailboxes, or for return paths that might be taken, is slowed. */
function isGuess({ reason }: Decision): boolean {
  return reason === "no-such-mailbox" || reason === "return-path-refused";
}

function usedGrantOf(
  { reason }: Decision,
  { client, facts: { grant } }: RelayRequest,
): Pick<Accepted, "usedGrant"> {
  if (reason !== "roaming-grant" || !grant.known || grant.value.kind !== "live") return {};
  return { usedGrant: { client, account: grant.value.account } };
}
