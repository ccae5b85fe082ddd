// What a message's sender may want of its way and of its time. Most want nothing: then there is nothing
// to copy from one form of the message to the next.

import type { MessageRequest } from "../mail/notice-request.ts";
import type { TlsWish } from "./message.ts";
import { type MessageTiming, timingOf } from "./timing.ts";

export interface Wishes extends MessageRequest, MessageTiming {
  readonly tlsWish?: TlsWish;
}

/** The wishes and nothing else; undefined where there are none. */
export function wishesOf(
  asked: MessageRequest & MessageTiming,
  tlsWish: TlsWish | undefined,
): Wishes | undefined {
  const { returns, envelopeId, priority, deliverBy, releaseAt } = asked;
  const all = [tlsWish, returns, envelopeId, priority, deliverBy, releaseAt];
  if (all.every((wish) => wish === undefined)) return undefined;
  return {
    ...(tlsWish !== undefined && { tlsWish }),
    ...(returns !== undefined && { returns }),
    ...(envelopeId !== undefined && { envelopeId }),
    ...timingOf(asked),
  };
}
