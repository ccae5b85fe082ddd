// How much is in the queue.

import type { Compilable, Kysely } from "kysely";
import type { Engine } from "../engine.ts";
import type { MessageStore, RecipientState } from "../message-store.ts";
import type { Tables } from "../schema.ts";
import { step } from "../template.ts";
import { openStates } from "./finish.ts";

export function sizeMethod(engine: Engine, node: number): Pick<MessageStore, "size"> {
  const { queries, isShared } = engine;
  return {
    async size() {
      const [messages, recipients] = await engine.run([
        step(
          queries
            .selectFrom("message")
            .select(({ fn }) => fn.countAll<number>().as("count"))
            .where("node", "=", node),
        ),
        step(countRecipients(queries, isShared ? node : undefined)),
      ]);
      const count = (state: RecipientState): number =>
        recipients.rows.find((row) => row.state === state)?.count ?? 0;
      return {
        messages: messages.rows[0]?.count ?? 0,
        waiting: count("waiting"),
        held: count("held"),
      };
    },
  };
}

/** @param node undefined where all are of one host: then no look at their messages is needed */
function countRecipients(
  queries: Kysely<Tables>,
  node: number | undefined,
): Compilable<{ readonly state: RecipientState; readonly count: number }> {
  const open = queries
    .selectFrom("recipient")
    .select("recipient.state")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("recipient.state", "in", openStates)
    .groupBy("recipient.state");
  if (node === undefined) return open;
  return open
    .innerJoin("message", "message.id", "recipient.message")
    .where("message.node", "=", node);
}
