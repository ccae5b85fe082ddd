// What an operator sees of the queue.

import type { Kysely } from "kysely";
import type { MessageId, Origin } from "../../../core/queue/message.ts";
import type { Protection } from "../../../core/smtp/client/protection.ts";
import type { Engine } from "../engine.ts";
import type {
  MessageStore,
  QueueAttempt,
  QueueDetail,
  QueueEntry,
  QueueRecipient,
} from "../message-store.ts";
import type { Tables } from "../schema.ts";
import { step } from "../template.ts";
import { openStates } from "./finish.ts";
import { groupByMessage, toSender } from "./rows.ts";
import { selectIds } from "./select.ts";

export function inspection(engine: Engine): Pick<MessageStore, "list" | "show"> {
  const { queries } = engine;
  return {
    async list(filter, { after, limit }) {
      const ids = selectIds(queries, filter, openStates)
        .where("message.id", ">", after)
        .limit(limit);
      const [{ rows }] = await engine.run([step(selectEntries(queries, ids))]);
      return groupByMessage(rows).map(toEntry);
    },
    async show(id) {
      const ids = queries.selectFrom("message").select("id").where("id", "=", id);
      const [entries, messages, attempts] = await engine.run([
        step(selectEntries(queries, ids)),
        step(queries.selectFrom("message").selectAll().where("id", "=", id)),
        step(selectAttempts(queries, id)),
      ]);
      const [entry] = groupByMessage(entries.rows).map(toEntry);
      const [message] = messages.rows;
      if (entry === undefined || message === undefined) return undefined;
      return toDetail(entry, message, attempts.rows);
    },
  };
}

type MessageRow = Tables["message"];
type RecipientRow = Tables["recipient"];
type EntryRow = Pick<MessageRow, "id" | "received_at" | "size" | "sender_local" | "sender_domain"> &
  Omit<RecipientRow, "message" | "waited"> & { readonly host: string | null };

function selectEntries(queries: Kysely<Tables>, ids: ReturnType<typeof selectIds>) {
  return queries
    .selectFrom(ids.as("page"))
    .innerJoin("message as m", "m.id", "page.id")
    .innerJoin("recipient as r", "r.message", "m.id")
    .leftJoin("node as n", "n.number", "m.node")
    .select(["m.id", "m.received_at", "m.size", "m.sender_local", "m.sender_domain"])
    .select("n.name as host")
    .select(["r.position", "r.local", "r.domain", "r.kind", "r.state"])
    .select(["r.attempts", "r.next_attempt", "r.last_attempt", "r.said"])
    .orderBy("m.id")
    .orderBy("r.position");
}

function selectAttempts(queries: Kysely<Tables>, id: MessageId) {
  return queries
    .selectFrom("attempt")
    .select(["position as index", "at", "peer", "state", "said", "protection"])
    .where("message", "=", id)
    .orderBy("at")
    .orderBy("position");
}

function toEntry(rows: readonly [EntryRow, ...EntryRow[]]): QueueEntry {
  const [row] = rows;
  return {
    id: row.id,
    receivedAt: row.received_at,
    size: row.size,
    sender: toSender(row),
    ...(row.host !== null && { host: row.host }),
    recipients: rows.map(toQueueRecipient),
  };
}

function toQueueRecipient(row: EntryRow): QueueRecipient {
  return {
    index: row.position,
    address: { local: row.local, domain: row.domain },
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    nextAttempt: row.next_attempt,
    ...(row.last_attempt !== null && { lastAttempt: row.last_attempt }),
    ...(row.said !== null && { said: row.said }),
  };
}

function toDetail(
  entry: QueueEntry,
  row: MessageRow,
  attempts: readonly AttemptRow[],
): QueueDetail {
  return {
    ...entry,
    eightBit: row.eight_bit !== 0,
    smtputf8: row.smtputf8 !== 0,
    ...(row.tls_wish !== null && { tlsWish: row.tls_wish }),
    ...(row.is_junk !== 0 && { isJunk: true }),
    origin: toOrigin(row),
    attempts: attempts.map(toAttempt),
  };
}

type AttemptRow = Omit<QueueAttempt, "protection"> & Pick<Tables["attempt"], "protection">;

function toAttempt({ protection, ...attempt }: AttemptRow): QueueAttempt {
  if (protection === null) return attempt;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `result.ts` wrote it
  return { ...attempt, protection: JSON.parse(protection) as Protection };
}

function toOrigin({ client, hello, listener, login }: MessageRow): Origin {
  return {
    ...(client !== null && { client }),
    ...(hello !== null && { hello }),
    ...(listener !== null && { listener }),
    ...(login !== null && { login }),
  };
}
