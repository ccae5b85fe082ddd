// May one message more come? Asked when its content is about to: from then on it costs us something,
// whether it is kept or not.

import type { Subject } from "../../core/limits/subject.ts";
import { formatReversePath, type ReversePath } from "../../core/mail/address.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import type { Decision } from "../../core/policy/decision.ts";
import { replyTo } from "../../core/policy/replies.ts";
import type { Reply } from "../../core/smtp/reply.ts";
import type { Log } from "../log.ts";
import type { SendingLimits } from "./sending-limits.ts";

interface MessageQuestion {
  /** Names the decision in the log and to the refused client; called where there is one. */
  readonly nextId: () => string;
  readonly listener: string;
  readonly client: IpAddress;
  readonly sender: ReversePath;
  /** As its recipients were counted. */
  readonly countsAgainst: readonly Subject[];
}

/** Counts the message; or returns what the client is told because a limit is used up. */
export type AdmitMessage = (question: MessageQuestion) => Reply | undefined;

export function createAdmitMessage(limits: SendingLimits, log: Log): AdmitMessage {
  return ({ nextId, listener, client, sender, countsAgainst }) => {
    const detail = limits.take("messages", countsAgainst);
    if (detail === undefined) return undefined;
    const id = nextId();
    const decision: Decision = { verdict: "defer", reason: "rate-limited", detail };
    log.info(
      {
        event: "decision",
        decision: id,
        listener,
        client: formatIp(client),
        sender: formatReversePath(sender),
        ...decision,
      },
      "defer: rate-limited",
    );
    return replyTo(decision, id);
  };
}
