// One RCPT: gathers the facts, asks `decide`, and makes the reply.

import { formatPlace } from "../../core/config/place.ts";
import { formatAddress, formatReversePath } from "../../core/mail/address.ts";
import { formatIp } from "../../core/mail/ip.ts";
import { decide } from "../../core/policy/decide.ts";
import type { Decision } from "../../core/policy/decision.ts";
import { replyTo } from "../../core/policy/replies.ts";
import type { Facts, RuleSet } from "../../core/policy/request.ts";
import type { Answer } from "../../core/smtp/server/state.ts";
import type { MadeDecision } from "../decisions/keeper.ts";
import type { Log } from "../log.ts";
import { type Asked, type FactSources, gatherFacts } from "./facts.ts";

interface RecipientQuestion extends Asked {
  /** Names the decision in the log and to the refused client. */
  readonly id: string;
  readonly listener: string;
  /** The name that the client greeted with. */
  readonly hello: string;
}

export interface AuthorizeOptions {
  readonly rules: RuleSet;
  readonly sources: FactSources;
  readonly log: Log;
  /** Keeps decisions for the operator; returns at once. */
  readonly keep: (made: MadeDecision) => void;
}

/** Answers at once where nothing has to be looked up. */
export type Authorize = (question: RecipientQuestion) => Answer | Promise<Answer>;

export function createAuthorize({ rules, sources, log, keep }: AuthorizeOptions): Authorize {
  function conclude(question: RecipientQuestion, facts: Facts): Answer {
    const { id, listener, hello, role, tls, client, sender, recipient } = question;
    const request = { role, tls, client, sender, recipient, facts };
    const decision = decide(rules, request);
    record(log, question, decision);
    keep({ id, listener, hello, request, decision, rules });
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
      ...(place && { place: formatPlace(place) }),
    },
    `${decision.verdict}: ${decision.reason}`,
  );
}
