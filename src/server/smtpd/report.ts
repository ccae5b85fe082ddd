// What becomes of a decision: a line in the log, a note for `why`, and the reply to the client.

import { formatPlace } from "../../core/config/place.ts";
import { formatAddress, formatReversePath } from "../../core/mail/address.ts";
import { formatIp } from "../../core/mail/ip.ts";
import type { Decision } from "../../core/policy/decision.ts";
import { replyTo } from "../../core/policy/replies.ts";
import type { RelayRequest, RuleSet } from "../../core/policy/request.ts";
import type { Reply } from "../../core/smtp/reply.ts";
import type { MadeDecision } from "../decisions/keeper.ts";
import type { Log } from "../log.ts";

export interface ReportOptions {
  readonly rules: RuleSet;
  readonly log: Log;
  /** Keeps decisions for the operator; returns at once. */
  readonly keep: (made: MadeDecision) => void;
}

/** Who was told, and under which id. */
export interface Occasion {
  /** Names the decision in the log and to the refused client. */
  readonly id: string;
  readonly listener: string;
  /** The name that the client greeted with. */
  readonly hello: string;
}

/** Reports a decision; returns what the client is told. */
export type Report = (occasion: Occasion, request: RelayRequest, decision: Decision) => Reply;

export function createReport({ rules, log, keep }: ReportOptions): Report {
  return ({ id, listener, hello }, request, decision) => {
    const { place } = decision;
    log.info(
      {
        event: "decision",
        decision: id,
        listener,
        client: formatIp(request.client),
        sender: formatReversePath(request.sender),
        recipient: formatAddress(request.recipient),
        verdict: decision.verdict,
        reason: decision.reason,
        detail: "detail" in decision ? decision.detail : undefined,
        place: place && formatPlace(place),
      },
      `${decision.verdict}: ${decision.reason}`,
    );
    keep({ id, listener, hello, request, decision, rules });
    return replyTo(decision, id);
  };
}
