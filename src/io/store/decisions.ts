// Decisions on an engine. What nobody searches for is one compact JSON text.

import type { Kysely } from "kysely";
import { formatIp } from "../../core/mail/ip.ts";
import { sessionOf } from "../../core/policy/decision-id.ts";
import type { KeptDecision } from "../../core/policy/kept-decision.ts";
import type { DecisionStore } from "./decision-store.ts";
import type { Engine } from "./engine.ts";
import type { Tables } from "./schema.ts";
import { step, type Template, template } from "./template.ts";

export function decisionStore(engine: Engine): DecisionStore {
  const { queries } = engine;
  const insert = insertNewRow(queries);
  const dropOldest = deleteOldest(queries);
  const dropBefore = deleteBefore(queries);
  return {
    async keep(kept) {
      const results = await engine.run(kept.map((each) => insert.with(toRow(each))));
      return results.reduce((sum, { changes }) => sum + changes, 0);
    },
    async find(id) {
      const query = queries.selectFrom("decision").selectAll().where("id", "=", id);
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(toDecision)[0];
    },
    async ofClient(client, limit) {
      const query = queries
        .selectFrom("decision")
        .selectAll()
        .where("client", "=", formatIp(client))
        .orderBy("at", "desc")
        .orderBy("id", "desc")
        .limit(limit);
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(toDecision);
    },
    async count() {
      const query = queries
        .selectFrom("decision")
        .select(({ fn }) => fn.countAll<number>().as("count"));
      const [{ rows }] = await engine.run([step(query)]);
      return rows[0]?.count ?? 0;
    },
    async dropOldest(count) {
      const [{ changes }] = await engine.run([dropOldest.with({ count })]);
      return changes;
    },
    async dropBefore(time, limit) {
      const [{ changes }] = await engine.run([dropBefore.with({ time, limit })]);
      return changes;
    },
    async lastSession() {
      const query = queries.selectFrom("decision").select(({ fn }) => fn.max("id").as("last"));
      const [{ rows }] = await engine.run([step(query)]);
      return sessionOf(rows[0]?.last ?? "");
    },
  };
}

type DecisionRow = Tables["decision"];
type Facts = Omit<KeptDecision, "id" | "at">;

function toRow({ id, at, ...facts }: KeptDecision): DecisionRow {
  return { id, at, client: formatIp(facts.request.client), facts: JSON.stringify(facts) };
}

/** What JSON leaves out is undefined again where it is looked for. */
function toDecision({ id, at, facts }: DecisionRow): KeptDecision {
  const read: Facts = JSON.parse(facts);
  return { id, at, ...read };
}

function insertNewRow(queries: Kysely<Tables>): Template<DecisionRow, unknown> {
  return template(({ id, at, client, facts }) =>
    queries
      .insertInto("decision")
      .values({ id, at, client, facts })
      .onConflict((conflict) => conflict.doNothing()),
  );
}

function deleteOldest(queries: Kysely<Tables>): Template<{ readonly count: number }, unknown> {
  return template(({ count }) =>
    queries.deleteFrom("decision").where("id", "in", (eb) =>
      eb
        // Within another one: MySQL knows no limit in a query that stands behind "in".
        .selectFrom((inner) =>
          inner.selectFrom("decision").select("id").orderBy("id").limit(count).as("oldest"),
        )
        .select("oldest.id"),
    ),
  );
}

/** Looks at the oldest alone, so that it costs the same whether the table is long or short. */
function deleteBefore(
  queries: Kysely<Tables>,
): Template<{ readonly time: number; readonly limit: number }, unknown> {
  return template(({ time, limit }) =>
    queries.deleteFrom("decision").where("id", "in", (eb) =>
      eb
        .selectFrom((inner) =>
          inner.selectFrom("decision").select(["id", "at"]).orderBy("id").limit(limit).as("oldest"),
        )
        .select("oldest.id")
        .where("oldest.at", "<", time),
    ),
  );
}
