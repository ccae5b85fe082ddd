// Between the rows of the tables and the values of core.

import type { ReversePath } from "../../../core/mail/address.ts";
import {
  formatNotify,
  type MessageRequest,
  parseNotify,
  type RecipientRequest,
} from "../../../core/mail/notice-request.ts";
import type { NewMessage, NewRecipient } from "../../../core/queue/message.ts";
import type { DeliverBy, MessageTiming } from "../../../core/queue/timing.ts";
import type { Tables } from "../schema.ts";

/** The row of a message that just came: it is due at once, or when it is to be released. */
export function toMessageRow(message: NewMessage, node: number): Tables["message"] {
  const { id, receivedAt, releaseAt, size, eightBit, smtputf8, sender, origin } = message;
  const { deliverBy } = message;
  return {
    id,
    received_at: receivedAt,
    size,
    eight_bit: Number(eightBit),
    smtputf8: Number(smtputf8),
    sender_local: sender?.local ?? null,
    sender_domain: sender?.domain ?? null,
    client: origin.client ?? null,
    hello: origin.hello ?? null,
    listener: origin.listener ?? null,
    login: origin.login ?? null,
    tls_wish: message.tlsWish ?? null,
    is_junk: Number(message.isJunk ?? false),
    returns: message.returns ?? null,
    envelope_id: message.envelopeId ?? null,
    priority: message.priority ?? 0,
    deliver_by: deliverBy?.until ?? null,
    deliver_by_mode: deliverBy === undefined ? null : deliverByMode(deliverBy),
    release_at: releaseAt ?? null,
    next_attempt: releaseAt ?? receivedAt,
    node,
  };
}

export type NewRecipientRow = Pick<
  Tables["recipient"],
  | "message"
  | "position"
  | "local"
  | "domain"
  | "kind"
  | "notify"
  | "original_recipient"
  | "next_attempt"
>;

export function toRecipientRow(
  { id, receivedAt, releaseAt }: NewMessage,
  { address, kind, notify, originalRecipient }: NewRecipient,
  position: number,
): NewRecipientRow {
  const { local, domain } = address;
  return {
    message: id,
    position,
    local,
    domain,
    kind,
    notify: notify === undefined ? null : formatNotify(notify),
    original_recipient: originalRecipient ?? null,
    next_attempt: releaseAt ?? receivedAt,
  };
}

type MessageRequestColumns = Pick<Tables["message"], "returns" | "envelope_id">;

export function toMessageRequest({ returns, envelope_id }: MessageRequestColumns): MessageRequest {
  return {
    ...(returns !== null && { returns }),
    ...(envelope_id !== null && { envelopeId: envelope_id }),
  };
}

type TimingColumns = Pick<
  Tables["message"],
  "priority" | "deliver_by" | "deliver_by_mode" | "release_at"
>;

function deliverByMode({ missed, traced }: DeliverBy): string {
  return `${missed === "return" ? "R" : "N"}${traced ? "T" : ""}`;
}

export function toTiming(row: TimingColumns): MessageTiming {
  const { priority, deliver_by: until, deliver_by_mode: mode, release_at: releaseAt } = row;
  return {
    ...(priority !== 0 && { priority }),
    ...(until !== null &&
      mode !== null && {
        deliverBy: {
          until,
          missed: mode.startsWith("R") ? "return" : "notify",
          traced: mode.endsWith("T"),
        },
      }),
    ...(releaseAt !== null && { releaseAt }),
  };
}

type RecipientRequestColumns = Pick<Tables["recipient"], "notify" | "original_recipient">;

export function toRecipientRequest(row: RecipientRequestColumns): RecipientRequest {
  const notify = row.notify === null ? undefined : parseNotify(row.notify);
  return {
    ...(notify !== undefined && { notify }),
    ...(row.original_recipient !== null && { originalRecipient: row.original_recipient }),
  };
}

type SenderColumns = Pick<Tables["message"], "sender_local" | "sender_domain">;

export function toSender({ sender_local, sender_domain }: SenderColumns): ReversePath {
  if (sender_local === null || sender_domain === null) return null;
  return { local: sender_local, domain: sender_domain };
}

/** Cuts the rows of messages joined with their recipients, those of one message side by side, into
 * one list for each message. */
export function groupByMessage<Row extends { readonly id: number }>(
  rows: readonly Row[],
): readonly (readonly [Row, ...Row[]])[] {
  const groups: [Row, ...Row[]][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last?.[0].id === row.id) last.push(row);
    else groups.push([row]);
  }
  return groups;
}
