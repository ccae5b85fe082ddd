// Between the rows of the tables and the values of core.

import type { ReversePath } from "../../../core/mail/address.ts";
import type { NewMessage, NewRecipient } from "../../../core/queue/message.ts";
import type { Tables } from "../schema.ts";

/** The row of a message that just came: it is due at once. */
export function toMessageRow(message: NewMessage, node: number): Tables["message"] {
  const { id, receivedAt, size, eightBit, smtputf8, sender, origin } = message;
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
    next_attempt: receivedAt,
    node,
  };
}

export type NewRecipientRow = Pick<
  Tables["recipient"],
  "message" | "position" | "local" | "domain" | "kind" | "next_attempt"
>;

export function toRecipientRow(
  { id, receivedAt }: NewMessage,
  { address, kind }: NewRecipient,
  position: number,
): NewRecipientRow {
  const { local, domain } = address;
  return { message: id, position, local, domain, kind, next_attempt: receivedAt };
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
