// Messages as delivery works on them, from their rows joined with those of their recipients.

import type { SelectExpression } from "kysely";
import type { QueuedMessage, QueuedRecipient } from "../../../core/queue/message.ts";
import type { Tables } from "../schema.ts";
import { toMessageRequest, toRecipientRequest, toSender, toTiming } from "./rows.ts";

type MessageRow = Tables["message"];
type RecipientRow = Tables["recipient"];

export type QueuedRow = Pick<
  MessageRow,
  | "id"
  | "received_at"
  | "size"
  | "eight_bit"
  | "smtputf8"
  | "login"
  | "tls_wish"
  | "is_junk"
  | "returns"
  | "envelope_id"
  | "priority"
  | "deliver_by"
  | "deliver_by_mode"
  | "release_at"
  | "sender_local"
  | "sender_domain"
> &
  Pick<
    RecipientRow,
    | "position"
    | "local"
    | "domain"
    | "kind"
    | "notify"
    | "original_recipient"
    | "attempts"
    | "waited"
    | "last_attempt"
    | "line_from"
    | "place"
  >;

interface Joined {
  readonly m: MessageRow;
  readonly r: RecipientRow;
}

/** To be selected from `message as m` and `recipient as r`. */
export const queuedColumns = [
  "m.id",
  "m.received_at",
  "m.size",
  "m.eight_bit",
  "m.smtputf8",
  "m.login",
  "m.tls_wish",
  "m.is_junk",
  "m.returns",
  "m.envelope_id",
  "m.priority",
  "m.deliver_by",
  "m.deliver_by_mode",
  "m.release_at",
  "m.sender_local",
  "m.sender_domain",
  "r.position",
  "r.local",
  "r.domain",
  "r.kind",
  "r.notify",
  "r.original_recipient",
  "r.attempts",
  "r.waited",
  "r.last_attempt",
  "r.line_from",
  "r.place",
] as const satisfies readonly SelectExpression<Joined, "m" | "r">[];

export function toQueuedMessage(rows: readonly [QueuedRow, ...QueuedRow[]]): QueuedMessage {
  const [row] = rows;
  return {
    id: row.id,
    receivedAt: row.received_at,
    size: row.size,
    eightBit: row.eight_bit !== 0,
    smtputf8: row.smtputf8 !== 0,
    sender: toSender(row),
    ...(row.login !== null && { login: row.login }),
    ...(row.tls_wish !== null && { tlsWish: row.tls_wish }),
    ...(row.is_junk !== 0 && { isJunk: true }),
    ...toMessageRequest(row),
    ...toTiming(row),
    recipients: rows.map(toQueuedRecipient),
  };
}

function toQueuedRecipient(row: QueuedRow): QueuedRecipient {
  const { position, local, domain, kind, attempts, waited, last_attempt, line_from } = row;
  return {
    index: position,
    address: { local, domain },
    kind,
    ...toRecipientRequest(row),
    attempts,
    waited,
    ...(last_attempt !== null && { lastAttempt: last_attempt }),
    ...(line_from !== null && { lineFrom: line_from }),
  };
}
