// Which messages and which of their recipients an operator means.

import type {
  ExpressionBuilder,
  ExpressionWrapper,
  Kysely,
  SelectQueryBuilder,
  SqlBool,
} from "kysely";
import type { MessageId } from "../../../core/queue/message.ts";
import type { QueueFilter, RecipientState } from "../message-store.ts";
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

type Condition<Table extends keyof Tables> = ExpressionWrapper<Tables, Table, SqlBool>;

/** The recipient is in one of the states, and in the filter's domain. */
export function isMeant(
  eb: ExpressionBuilder<Tables, "recipient">,
  { recipientDomain }: QueueFilter,
  states: readonly RecipientState[],
): Condition<"recipient"> {
  const inState = eb("recipient.state", "in", states);
  if (recipientDomain === undefined) return inState;
  return eb.and([inState, eb("recipient.domain", "=", recipientDomain)]);
}

function isFrom(
  eb: ExpressionBuilder<Tables, "message">,
  { sender, login }: QueueFilter,
): Condition<"message"> {
  const ofLogin = login === undefined ? eb.and([]) : eb("message.login", "=", login);
  if (sender === undefined) return ofLogin;
  if (sender === null) return eb.and([ofLogin, eb("message.sender_local", "is", null)]);
  return eb.and([
    ofLogin,
    eb("message.sender_local", "=", sender.local),
    eb("message.sender_domain", "=", sender.domain),
  ]);
}
