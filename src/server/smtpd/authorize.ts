// One RCPT: gathers the facts, asks `decide`, and makes the reply.

import { formatAddress, formatReversePath } from "../../core/mail/address.ts";
import { formatIp } from "../../core/mail/ip.ts";
import type { Subject } from "../../core/limits/subject.ts";
import { decide } from "../../core/policy/decide.ts";
import type { Decision } from "../../core/policy/decision.ts";
import { known } from "../../core/policy/fact.ts";
import { replyTo } from "../../core/policy/replies.ts";
import type { Facts, RelayRequest, RuleSet } from "../../core/policy/request.ts";
import type { Answer } from "../../core/smtp/server/state.ts";
import type { Log } from "../log.ts";
import { type Asked, type FactSources, gatherFacts } from "./facts.ts";
import type { SendingLimits } from "./sending-limits.ts";

interface RecipientQuestion extends Asked {
  /** Names the decision in the log and to the refused client. */
  readonly id: string;
  readonly listener: string;
}

export interface AuthorizeOptions {
  readonly rules: RuleSet;
  readonly sources: FactSources;
  readonly limits: SendingLimits;
  readonly log: Log;
}

export interface Authorization extends Answer {
  /** Of an accepted recipient: whom the message will count against, too. */
  readonly countsAgainst?: readonly Subject[];
}

/** Answers at once where nothing has to be looked up. */
export type Authorize = (question: RecipientQuestion) => Authorization | Promise<Authorization>;

export function createAuthorize({ rules, sources, limits, log }: AuthorizeOptions): Authorize {
  function conclude(question: RecipientQuestion, facts: Facts): Authorization {
    const { id, role, tls, client, sender, recipient } = question;
    const request = { role, tls, client, sender, recipient, facts };
    const { login, access, grant } = facts;
    const countsAgainst = limits.countsAgainst({ role, client, login, access, grant });
    const decision = decideAndCount(request, countsAgainst);
    record(log, question, decision);
    const reply = replyTo(decision, id);
    if (decision.verdict !== "accept") return { reply };
    return { reply, recipient: { address: recipient, kind: decision.deliver }, countsAgainst };
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

function record(log: Log, question: RecipientQuestion, decision: Decision): void {
  const { place } = decision;
  log.info(
    {
      event: "decision",
      decision: question.id,
      listener: question.listener,
      client: formatIp(question.client),
      sender: formatReversePath(question.sender),
      recipient: formatAddress(question.recipient),
      verdict: decision.verdict,
      reason: decision.reason,
      ...("detail" in decision && { detail: decision.detail }),
      ...(place && { place: `${place.file}:${place.line}` }),
    },
    `${decision.verdict}: ${decision.reason}`,
  );
}
