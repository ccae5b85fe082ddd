// Which messages and which of their recipients an operator means.

import type {
  Compilable,
  ExpressionBuilder,
  ExpressionWrapper,
  Kysely,
  SelectQueryBuilder,
  SqlBool,
} from "kysely";
import type { ReversePath } from "../../../core/mail/address.ts";
import type { MessageId } from "../../../core/queue/message.ts";
import type { QueueFilter, QueueSelection, RecipientState } from "../message-store.ts";
import type { Tables } from "../schema.ts";

/** Ids, ascending, of the messages from the filter's sender and login that have a recipient as meant. */
export function selectIds(
  queries: Kysely<Tables>,
  filter: QueueFilter,
  states: readonly RecipientState[],
): SelectQueryBuilder<Tables, "message", { id: MessageId }> {
  return queries
    .selectFrom("message")
    .select("message.id")
    .where((message) => isFrom(message, filter))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("recipient")
          .select("recipient.position")
          .whereRef("recipient.message", "=", "message.id")
          .where((recipient) => isMeant(recipient, filter, states)),
      ),
    )
    .orderBy("message.id");
}

/** How many messages a selection means. */
export function countMeant(
  queries: Kysely<Tables>,
  selection: QueueSelection,
  states: readonly RecipientState[],
): Compilable<{ messages: number }> {
  const { ids } = selection;
  const meant = selectIds(queries, selection, states).clearOrderBy();
  const named = ids === "all" ? meant : meant.where("message.id", "in", ids);
  return queries
    .selectFrom(named.as("meant"))
    .select(({ fn }) => fn.countAll<number>().as("messages"));
}

type Condition<Table extends keyof Tables> = ExpressionWrapper<Tables, Table, SqlBool>;

/** The recipient is in one of the states, and in the filter's domain. */
export function isMeant(
  eb: ExpressionBuilder<Tables, "recipient">,
  { recipientDomain, state, lines }: QueueFilter,
  states: readonly RecipientState[],
): Condition<"recipient"> {
  const wanted = state === undefined ? states : states.filter((one) => one === state);
  return eb.and([
    // A list without members is no SQL on all engines.
    wanted.length === 0 ? eb.lit(false) : eb("recipient.state", "in", wanted),
    ...(recipientDomain === undefined ? [] : [eb("recipient.domain", "=", recipientDomain)]),
    ...(lines === undefined ? [] : [isIn(eb, lines)]),
  ]);
}

function isIn(
  eb: ExpressionBuilder<Tables, "recipient">,
  lines: readonly number[] | "none",
): Condition<"recipient"> {
  if (lines === "none") return eb("recipient.line", "is", null);
  return lines.length === 0 ? eb.and([eb.lit(false)]) : eb("recipient.line", "in", lines);
}

function isFrom(
  eb: ExpressionBuilder<Tables, "message">,
  { sender, login, receivedBefore }: QueueFilter,
): Condition<"message"> {
  return eb.and([
    ...(login === undefined ? [] : [eb("message.login", "=", login)]),
    ...(receivedBefore === undefined ? [] : [eb("message.received_at", "<", receivedBefore)]),
    ...(sender === undefined ? [] : [isBy(eb, sender)]),
  ]);
}

function isBy(eb: ExpressionBuilder<Tables, "message">, sender: ReversePath): Condition<"message"> {
  if (sender === null) return eb("message.sender_local", "is", null);
  return eb.and([
    eb("message.sender_local", "=", sender.local),
    eb("message.sender_domain", "=", sender.domain),
  ]);
}
