// One RCPT: gathers the facts, asks `decide`, and makes the reply.

import type { Address, ReversePath } from "../../core/mail/address.ts";
import { formatAddress, formatReversePath } from "../../core/mail/address.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { decide } from "../../core/policy/decide.ts";
import type { Decision } from "../../core/policy/decision.ts";
import { type Fact, known } from "../../core/policy/fact.ts";
import { replyTo } from "../../core/policy/replies.ts";
import type { RecipientClass, RuleSet } from "../../core/policy/request.ts";
import type { Answer } from "../../core/smtp/server/state.ts";
import type { Log } from "../log.ts";
import type { Directory } from "../directory/directory.ts";

interface RecipientQuestion {
  /** Names the decision in the log and to the refused client. */
  readonly id: string;
  readonly listener: string;
  readonly client: IpAddress;
  readonly sender: ReversePath;
  readonly recipient: Address;
}

export interface AuthorizeOptions {
  readonly rules: RuleSet;
  readonly directory: Directory;
  readonly log: Log;
}

/** Answers at once where nothing has to be looked up. */
export type Authorize = (question: RecipientQuestion) => Answer | Promise<Answer>;

export function createAuthorize({ rules, directory, log }: AuthorizeOptions): Authorize {
  function conclude(question: RecipientQuestion, recipientFact: Fact<RecipientClass>): Answer {
    const { id, client, sender, recipient } = question;
    const decision = decide(rules, {
      role: "mx",
      client,
      sender,
      recipient,
      facts: {
        access: known({ access: "allow", relay: false }),
        login: undefined,
        blocklist: known({ listed: false }),
        limit: known(undefined),
        recipient: recipientFact,
      },
    });
    record(log, question, decision);
    const reply = replyTo(decision, id);
    if (decision.verdict !== "accept") return { reply };
    return { reply, recipient: { address: recipient, kind: decision.deliver } };
  }

  return (question) => {
    const fact = directory.classify(question.recipient);
    if (!(fact instanceof Promise)) return conclude(question, fact);
    return fact.then((found) => conclude(question, found));
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
