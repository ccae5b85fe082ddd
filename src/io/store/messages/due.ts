// What delivery asks: which messages are due, and when the next one is.

import type { ExpressionBuilder, Kysely } from "kysely";
import type { Engine } from "../engine.ts";
import type { DueQuery, MessageStore } from "../message-store.ts";
import type { Tables } from "../schema.ts";
import { step, type Template, template } from "../template.ts";
import { type QueuedRow, queuedColumns, toQueuedMessage } from "./queued.ts";
import { groupByMessage } from "./rows.ts";

export function dueMethods(
  engine: Engine,
  node: number,
): Pick<MessageStore, "due" | "earliestDue" | "lastId"> {
  const { queries } = engine;
  const inTime = selectDue(queries, node, "<=");
  const beyond = selectDue(queries, node, ">");
  const earliest = template<{ after: number }, { earliest: number | null }>(({ after }) =>
    queries
      .selectFrom("message")
      .select(({ fn }) => fn.min("next_attempt").as("earliest"))
      .where("node", "=", node)
      .where("next_attempt", ">", after),
  );
  const last = queries.selectFrom("message").select(({ fn }) => fn.max("id").as("last"));
  return {
    async due(query) {
      const [first, second] = await engine.run([
        inTime.with({ ...query, bound: query.now }),
        beyond.with({ ...query, bound: query.latest }),
      ]);
      return groupByMessage([...first.rows, ...second.rows])
        .slice(0, query.limit)
        .map(toQueuedMessage);
    },
    async earliestDue(after) {
      const [{ rows }] = await engine.run([earliest.with({ after })]);
      return rows[0]?.earliest ?? undefined;
    },
    async lastId() {
      const [{ rows }] = await engine.run([step(last)]);
      return rows[0]?.last ?? 0;
    },
  };
}

/** The messages on one side of `bound`, with all of their recipients that are due on either side.
 * Two statements find both sides by the index, where one with OR would sort the whole queue. */
function selectDue(
  queries: Kysely<Tables>,
  node: number,
  side: "<=" | ">",
): Template<DueQuery & { readonly bound: number }, QueuedRow> {
  return template(({ now, latest, limit, bound }) =>
    queries
      .selectFrom((eb) =>
        eb
          .selectFrom("message")
          .selectAll()
          .where("node", "=", node)
          .where("next_attempt", side, bound)
          .$if(side === ">", (query) => query.where(isNotHeld))
          .orderBy("next_attempt")
          .orderBy("id")
          .limit(limit)
          .as("m"),
      )
      .innerJoin("recipient as r", "r.message", "m.id")
      .where("r.state", "=", "waiting")
      .where("r.line", "is", null)
      .where((eb) =>
        eb.or([
          eb("r.next_attempt", "<=", now),
          eb.and([
            eb("r.next_attempt", ">", latest),
            eb.or([
              eb("m.release_at", "is", null),
              eb("m.release_at", "<>", eb.ref("r.next_attempt")),
            ]),
          ]),
        ]),
      )
      .orderBy("m.next_attempt")
      .orderBy("m.id")
      .orderBy("r.position")
      .select(queuedColumns),
  );
}

/** What waits for its release was never planned by a clock that ran ahead. */
function isNotHeld(eb: ExpressionBuilder<Tables, "message">) {
  return eb.or([eb("release_at", "is", null), eb("release_at", "<>", eb.ref("next_attempt"))]);
}
