// What the queue works by as it settles attempts, and messages as it works on them.

import type { QueueSettings } from "../../core/config/settings.ts";
import type { NewMessage, QueuedMessage } from "../../core/queue/message.ts";
import { wishesOf } from "../../core/queue/wishes.ts";
import type { NoticeOptions } from "./notice-message.ts";

export interface SettlementOptions extends NoticeOptions {
  readonly schedule: Pick<QueueSettings, "retry" | "warnAfter" | "giveUpAfter">;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The message as delivery works on it, from the message as it was kept. */
export function asQueued(kept: NewMessage): QueuedMessage {
  const { login } = kept.origin;
  const plain: QueuedMessage = {
    id: kept.id,
    receivedAt: kept.receivedAt,
    sender: kept.sender,
    smtputf8: kept.smtputf8,
    size: kept.size,
    eightBit: kept.eightBit,
    recipients: kept.recipients.map((recipient, index) => ({
      ...recipient,
      index,
      attempts: 0,
      waited: 0,
    })),
  };
  const wishes = wishesOf(kept, kept.tlsWish);
  if (wishes === undefined && login === undefined && kept.isJunk === undefined) return plain;
  return {
    ...plain,
    ...wishes,
    ...(login !== undefined && { login }),
    ...(kept.isJunk && { isJunk: true }),
  };
}
