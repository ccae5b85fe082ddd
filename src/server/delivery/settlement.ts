// What the queue works by as it settles attempts, and messages as it works on them.

import type { QueueSettings } from "../../core/config/settings.ts";
import type { NewMessage, QueuedMessage } from "../../core/queue/message.ts";
import { timingOf } from "../../core/queue/timing.ts";
import type { NoticeOptions } from "./notice-message.ts";

export interface SettlementOptions extends NoticeOptions {
  readonly schedule: Pick<QueueSettings, "retry" | "warnAfter" | "giveUpAfter">;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The message as delivery works on it, from the message as it was kept. */
export function asQueued(kept: NewMessage): QueuedMessage {
  return {
    id: kept.id,
    receivedAt: kept.receivedAt,
    sender: kept.sender,
    smtputf8: kept.smtputf8,
    size: kept.size,
    eightBit: kept.eightBit,
    ...(kept.origin.login !== undefined && { login: kept.origin.login }),
    ...(kept.tlsWish !== undefined && { tlsWish: kept.tlsWish }),
    ...(kept.returns !== undefined && { returns: kept.returns }),
    ...(kept.envelopeId !== undefined && { envelopeId: kept.envelopeId }),
    ...timingOf(kept),
    ...(kept.isJunk && { isJunk: true }),
    recipients: kept.recipients.map((recipient, index) => ({
      ...recipient,
      index,
      attempts: 0,
      waited: 0,
    })),
  };
}
