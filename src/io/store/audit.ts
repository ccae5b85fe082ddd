// The audit log on an engine. Its ids begin with the time, so that their order is that of the acts.

import { formatMessageId } from "../../core/queue/message.ts";
import { randomLetters } from "../password/random-text.ts";
import type { AuditEntry, AuditStore } from "./audit-store.ts";
import type { Engine } from "./engine.ts";
import type { Tables } from "./schema.ts";
import { step } from "./template.ts";

/** A new one for what was done at that time, UTC ms. */
export function auditId(at: number): string {
  return `${formatMessageId(at)}${randomLetters(6)}`;
}

export function auditStore(engine: Engine): AuditStore {
  const { queries } = engine;
  return {
    async keep(entry) {
      await engine.run([step(queries.insertInto("audit").values(toRow(entry)))]);
    },
    async list({ since, act, who, before }, limit) {
      let query = queries.selectFrom("audit").selectAll();
      if (since !== undefined) query = query.where("id", ">=", formatMessageId(since));
      if (act !== undefined) query = query.where("act", "=", act);
      if (who !== undefined) query = query.where("who", "=", who);
      if (before !== undefined) query = query.where("id", "<", before);
      const [{ rows }] = await engine.run([step(query.orderBy("id", "desc").limit(limit))]);
      return rows.map(toEntry);
    },
    async dropBefore(time, limit) {
      const query = queries.deleteFrom("audit").where("id", "in", (eb) =>
        eb
          // Within another one: MySQL knows no limit in a query that stands behind "in".
          .selectFrom((inner) =>
            inner
              .selectFrom("audit")
              .select("id")
              .where("id", "<", formatMessageId(time))
              .orderBy("id")
              .limit(limit)
              .as("oldest"),
          )
          .select("oldest.id"),
      );
      const [{ changes }] = await engine.run([step(query)]);
      return changes;
    },
  };
}

type AuditRow = Tables["audit"];

function toRow({ client, arguments: given, error, ...entry }: AuditEntry): AuditRow {
  return {
    ...entry,
    client: client ?? null,
    arguments: JSON.stringify(given),
    error: error ?? null,
  };
}

function toEntry({ client, arguments: given, error, ...row }: AuditRow): AuditEntry {
  const read: AuditEntry["arguments"] = JSON.parse(given);
  return {
    ...row,
    arguments: read,
    ...(client !== null && { client }),
    ...(error !== null && { error }),
  };
}
