// One RCPT: gathers the facts, asks `decide`, and makes the reply.

import { formatAddress, formatReversePath } from "../../core/mail/address.ts";
import { formatIp } from "../../core/mail/ip.ts";
import { decide } from "../../core/policy/decide.ts";
import type { Decision } from "../../core/policy/decision.ts";
import { replyTo } from "../../core/policy/replies.ts";
import type { Facts, RuleSet } from "../../core/policy/request.ts";
import type { Answer } from "../../core/smtp/server/state.ts";
import type { Log } from "../log.ts";
import { type Asked, type FactSources, gatherFacts } from "./facts.ts";

interface RecipientQuestion extends Asked {
  /** Names the decision in the log and to the refused client. */
  readonly id: string;
  readonly listener: string;
}

export interface AuthorizeOptions {
  readonly rules: RuleSet;
  readonly sources: FactSources;
  readonly log: Log;
}

/** Answers at once where nothing has to be looked up. */
export type Authorize = (question: RecipientQuestion) => Answer | Promise<Answer>;

export function createAuthorize({ rules, sources, log }: AuthorizeOptions): Authorize {
  function conclude(question: RecipientQuestion, facts: Facts): Answer {
    const { id, role, tls, client, sender, recipient } = question;
    const decision = decide(rules, { role, tls, client, sender, recipient, facts });
    record(log, question, decision);
    const reply = replyTo(decision, id);
    if (decision.verdict !== "accept") return { reply };
    return { reply, recipient: { address: recipient, kind: decision.deliver } };
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
