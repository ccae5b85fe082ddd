// What delivery asks: which messages are due, and when the next one is.

import type { Kysely } from "kysely";
import type { QueuedMessage, QueuedRecipient } from "../../../core/queue/message.ts";
import type { Engine } from "../engine.ts";
import type { DueQuery, MessageStore } from "../message-store.ts";
import type { Tables } from "../schema.ts";
import { step, type Template, template } from "../template.ts";
import { groupByMessage, toSender } from "./rows.ts";

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

interface DueRow {
  readonly id: number;
  readonly received_at: number;
  readonly size: number;
  readonly eight_bit: number;
  readonly smtputf8: number;
  readonly login: string | null;
  readonly tls_wish: Tables["message"]["tls_wish"];
  readonly is_junk: number;
  readonly sender_local: string | null;
  readonly sender_domain: string | null;
  readonly position: number;
  readonly local: string;
  readonly domain: string;
  readonly kind: Tables["recipient"]["kind"];
  readonly attempts: number;
  readonly waited: number;
  readonly last_attempt: number | null;
}

/** The messages on one side of `bound`, with all of their recipients that are due on either side.
 * Two statements find both sides by the index, where one with OR would sort the whole queue. */
function selectDue(
  queries: Kysely<Tables>,
  node: number,
  side: "<=" | ">",
): Template<DueQuery & { readonly bound: number }, DueRow> {
  return template(({ now, latest, limit, bound }) =>
    queries
      .selectFrom((eb) =>
        eb
          .selectFrom("message")
          .selectAll()
          .where("node", "=", node)
          .where("next_attempt", side, bound)
          .orderBy("next_attempt")
          .orderBy("id")
          .limit(limit)
          .as("m"),
      )
      .innerJoin("recipient as r", "r.message", "m.id")
      .where("r.state", "=", "waiting")
      .where((eb) => eb.or([eb("r.next_attempt", "<=", now), eb("r.next_attempt", ">", latest)]))
      .orderBy("m.next_attempt")
      .orderBy("m.id")
      .orderBy("r.position")
      .select(["m.id", "m.received_at", "m.size", "m.eight_bit", "m.smtputf8", "m.login"])
      .select(["m.sender_local", "m.sender_domain", "m.tls_wish", "m.is_junk"])
      .select(["r.position", "r.local", "r.domain", "r.kind"])
      .select(["r.attempts", "r.waited", "r.last_attempt"]),
  );
}

function toQueuedMessage(rows: readonly [DueRow, ...DueRow[]]): QueuedMessage {
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
    recipients: rows.map(toQueuedRecipient),
  };
}

function toQueuedRecipient(row: DueRow): QueuedRecipient {
  const { position, local, domain, kind, attempts, waited, last_attempt } = row;
  const recipient = { index: position, address: { local, domain }, kind, attempts, waited };
  return last_attempt === null ? recipient : { ...recipient, lastAttempt: last_attempt };
}
