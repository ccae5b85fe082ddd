// The lines of destinations, on an engine. A line is an index of recipients: nothing here looks at
// more of them than it hands out, but for `report`.

import type { Kysely } from "kysely";
import type { Engine, Step } from "../engine.ts";
import type { LinedMessage, LineStore, OverdueQuery, StoredLine } from "../line-store.ts";
import type { Tables } from "../schema.ts";
import { step, type Template, template } from "../template.ts";
import { noteChange } from "../changes.ts";
import { dissolveLine } from "./dissolve.ts";
import { openStates } from "./finish.ts";
import { toDestinationRow, toStoredLine } from "./line-rows.ts";
import { type QueuedRow, queuedColumns, toQueuedMessage } from "./queued.ts";
import { groupByMessage } from "./rows.ts";
import { isMeant, selectIds } from "./select.ts";
import { prepareStand } from "./stand.ts";

export function lineStore(engine: Engine, node: number): LineStore {
  const { queries } = engine;
  const next = selectNext(queries, node);
  const overdue = selectOverdue(queries, node);
  const stand = prepareStand(queries, node);
  const first = template<{ line: number }, { until: number | null }>(({ line }) =>
    queries
      .selectFrom("recipient")
      .select(({ fn }) => fn.min("line_until").as("until"))
      .where("line", "=", line),
  );
  return {
    async all() {
      const mine = queries.selectFrom("destination").selectAll().where("node", "=", node);
      const [{ rows }] = await engine.run([step(mine)]);
      return rows.map(toStoredLine);
    },
    inUse: () => linesInUse(engine),
    async save(line) {
      await engine.run([saveLine(queries, line, node)]);
    },
    async stand(places) {
      await engine.run(stand(places));
    },
    async drop(line) {
      const anybody = queries.selectFrom("recipient").select("message").where("line", "=", line);
      const steps = [dropLine(queries, line), step(anybody.limit(1))] as const;
      const [, { rows }] = await engine.run(steps);
      return rows.length === 0;
    },
    async next(query) {
      const [{ rows }] = await engine.run([next.with(query)]);
      return groupByMessage(rows).map(toLinedMessage);
    },
    async overdue(query) {
      const [{ rows }] = await engine.run([overdue.with(query)]);
      return groupByMessage(rows).map(toLinedMessage);
    },
    async earliestUntil(line) {
      const [{ rows }] = await engine.run([first.with({ line })]);
      return rows[0]?.until ?? undefined;
    },
    dissolve: (line, clock) => dissolveLine(engine, line, clock),
    ...operatedLines(engine),
  };
}

/** What the operator's acts need. */
function operatedLines(engine: Engine): Pick<LineStore, "of" | "forget" | "report"> {
  const { queries } = engine;
  return {
    async of(selection) {
      const meant = selectIds(queries, selection, openStates);
      const ids = selection.ids === "all" ? meant : meant.where("message.id", "in", selection.ids);
      const found = queries
        .selectFrom(ids.clearOrderBy().as("meant"))
        .innerJoin("recipient", "recipient.message", "meant.id")
        .where((eb) => isMeant(eb, selection, openStates))
        .where("recipient.line", "is not", null)
        .select("recipient.line")
        .distinct();
      const [{ rows }] = await engine.run([step(found)]);
      return rows.flatMap(({ line }) => (line === null ? [] : [line]));
    },
    async forget(lines) {
      if (lines.length === 0) return 0;
      const soon = queries
        .updateTable("destination")
        .set({ next_try: 0 })
        .where("down_since", "is not", null)
        .where("number", "in", lines);
      const [{ changes }] = await engine.run([step(soon)]);
      await noteChange(engine, "queue");
      return changes;
    },
    async report() {
      const counted = queries
        .selectFrom("recipient")
        .select(({ fn }) => ["line", fn.countAll<number>().as("waiting")] as const)
        .where("line", "is not", null)
        .groupBy("line");
      const all = queries
        .selectFrom("destination as d")
        .leftJoin(counted.as("c"), "c.line", "d.number")
        .leftJoin("node as n", "n.number", "d.node")
        .selectAll("d")
        .select(["c.waiting", "n.name as host"]);
      const [{ rows }] = await engine.run([step(all)]);
      return rows.map(({ waiting, host, ...row }) => ({
        ...toStoredLine(row),
        ...(host !== null && { host }),
        waiting: waiting ?? 0,
      }));
    },
  };
}

type InLine<Values> = Template<Values, QueuedRow>;

function selectNext(
  queries: Kysely<Tables>,
  node: number,
): InLine<{ readonly line: number; readonly limit: number }> {
  return template(({ line, limit }) =>
    queries
      .selectFrom("recipient as r")
      .innerJoin("message as m", "m.id", "r.message")
      .where("r.line", "=", line)
      .where("r.state", "=", "waiting")
      .where("m.node", "=", node)
      .orderBy("r.place")
      .orderBy("r.message")
      .orderBy("r.position")
      .limit(limit)
      .select(queuedColumns),
  );
}

function selectOverdue(queries: Kysely<Tables>, node: number): InLine<OverdueQuery> {
  return template(({ line, clock, limit }) =>
    queries
      .selectFrom("recipient as r")
      .innerJoin("message as m", "m.id", "r.message")
      .where("r.line", "=", line)
      .where("r.line_until", "<=", clock)
      .where("r.state", "=", "waiting")
      .where("m.node", "=", node)
      .orderBy("r.line_until")
      .orderBy("r.message")
      .orderBy("r.position")
      .limit(limit)
      .select(queuedColumns),
  );
}

function toLinedMessage(rows: readonly [QueuedRow, ...QueuedRow[]]): LinedMessage {
  return { ...toQueuedMessage(rows), place: rows[0].place ?? 0 };
}

/** From one to the next by the index, however many stand in each. */
async function linesInUse(engine: Engine): Promise<readonly number[]> {
  const after = template<{ line: number }, { line: number | null }>(({ line }) =>
    engine.queries
      .selectFrom("recipient")
      .select(({ fn }) => fn.min("line").as("line"))
      .where("line", ">", line),
  );
  const found: number[] = [];
  for (let line = -1; ;) {
    const [{ rows }] = await engine.run([after.with({ line })]);
    const next = rows[0]?.line ?? undefined;
    if (next === undefined) return found;
    found.push(next);
    line = next;
  }
}

function saveLine(queries: Kysely<Tables>, line: StoredLine, node: number): Step {
  const row = toDestinationRow(line, node);
  const { number: _, ...values } = row;
  return step(
    queries
      .insertInto("destination")
      .values(row)
      .onConflict((conflict) => conflict.column("number").doUpdateSet(values)),
  );
}

function dropLine(queries: Kysely<Tables>, line: number): Step {
  return step(
    queries
      .deleteFrom("destination")
      .where("number", "=", line)
      .where((eb) =>
        eb.not(eb.exists(eb.selectFrom("recipient").select("message").where("line", "=", line))),
      ),
  );
}
