// What an operator sees of the queue.

import type { Kysely } from "kysely";
import type { MessageId, Origin } from "../../../core/queue/message.ts";
import type { Protection } from "../../../core/smtp/client/protection.ts";
import type { Engine } from "../engine.ts";
import type {
  MessageStore,
  QueueAttempt,
  QueueDestination,
  QueueDetail,
  QueueEntry,
  QueuePage,
  QueueRecipient,
} from "../message-store.ts";
import type { Tables } from "../schema.ts";
import { step } from "../template.ts";
import { openStates } from "./finish.ts";
import {
  groupByMessage,
  toMessageRequest,
  toRecipientRequest,
  toSender,
  toTiming,
} from "./rows.ts";
import { countMeant, selectIds } from "./select.ts";

export function inspection(engine: Engine): Pick<MessageStore, "count" | "list" | "show"> {
  const { queries } = engine;
  return {
    async count(selection, states) {
      const [{ rows }] = await engine.run([step(countMeant(queries, selection, states))]);
      return rows[0]?.messages ?? 0;
    },
    async list(filter, page) {
      const ids = pageOf(selectIds(queries, filter, openStates), page);
      const [{ rows }] = await engine.run([step(selectEntries(queries, ids))]);
      const entries = groupByMessage(rows).map(toEntry);
      return page.first === "newest" ? entries.toReversed() : entries;
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

/** Of ids that ascend. */
function pageOf(
  ids: ReturnType<typeof selectIds>,
  { after, limit, first = "oldest" }: QueuePage,
): ReturnType<typeof selectIds> {
  if (first === "oldest") return ids.where("message.id", ">", after).limit(limit);
  const descending = ids.clearOrderBy().orderBy("message.id", "desc").limit(limit);
  return after === 0 ? descending : descending.where("message.id", "<", after);
}

type MessageRow = Tables["message"];
type RecipientRow = Tables["recipient"];
type EntryRow = Pick<
  MessageRow,
  "id" | "received_at" | "size" | "sender_local" | "sender_domain" | "release_at"
> &
  Omit<RecipientRow, "message" | "place" | "line_until"> & {
    readonly host: string | null;
    readonly destination: string | null;
    readonly clock: number | null;
    readonly down_since: number | null;
    readonly last_try: number | null;
    readonly next_try: number | null;
    readonly last_peer: string | null;
    readonly last_words: string | null;
  };

function selectEntries(queries: Kysely<Tables>, ids: ReturnType<typeof selectIds>) {
  return queries
    .selectFrom(ids.as("page"))
    .innerJoin("message as m", "m.id", "page.id")
    .innerJoin("recipient as r", "r.message", "m.id")
    .leftJoin("node as n", "n.number", "m.node")
    .select(["m.id", "m.received_at", "m.size", "m.sender_local", "m.sender_domain"])
    .leftJoin("destination as d", "d.number", "r.line")
    .select(["n.name as host", "m.release_at"])
    .select(["d.name as destination", "d.clock", "d.down_since", "d.last_try", "d.next_try"])
    .select(["d.said as last_words", "d.peer as last_peer", "r.waited", "r.line", "r.line_from"])
    .select(["r.position", "r.local", "r.domain", "r.kind", "r.state"])
    .select(["r.notify", "r.original_recipient"])
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
    ...(row.release_at !== null && { releaseAt: row.release_at }),
    recipients: rows.map(toQueueRecipient),
  };
}

function toQueueRecipient(row: EntryRow): QueueRecipient {
  return {
    index: row.position,
    address: { local: row.local, domain: row.domain },
    kind: row.kind,
    ...toRecipientRequest(row),
    state: row.state,
    attempts: row.attempts,
    nextAttempt: row.next_attempt,
    ...(row.last_attempt !== null && { lastAttempt: row.last_attempt }),
    ...(row.said !== null && { said: row.said }),
    waited: row.waited,
    ...(row.line !== null && { destination: toDestination(row, row.line) }),
  };
}

function toDestination(row: EntryRow, number: number): QueueDestination {
  const { destination, clock, down_since, last_try, next_try, last_words, last_peer, line_from } =
    row;
  return {
    number,
    name: destination ?? "?",
    ...(down_since !== null && { downSince: down_since }),
    ...(last_try !== null && { lastTry: last_try }),
    ...(next_try !== null && { nextTry: next_try }),
    ...(last_words !== null && { said: last_words }),
    ...(last_peer !== null && { peer: last_peer }),
    stood: Math.max(0, (clock ?? 0) - (line_from ?? 0)),
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
    ...toMessageRequest(row),
    ...toTiming(row),
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
