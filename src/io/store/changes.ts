// What hosts of a shared store remember of it and must read again when another host changes it. Each
// topic has a count; whoever changes something of it counts on, and the others look now and then.

import type { Engine, Step } from "./engine.ts";
import { step } from "./template.ts";

export type ChangeTopic = "domains" | "bans" | "stops" | "queue" | "dkim";

export type ChangeCounts = ReadonlyMap<ChangeTopic, number>;

/** To be carried out in the unit that changes something; nothing in a store of one host. */
export function changeSteps({ queries, isShared }: Engine, topic: ChangeTopic): readonly Step[] {
  if (!isShared) return [];
  const count = queries
    .insertInto("change_count")
    .values({ topic, count: 1 })
    .onConflict((conflict) =>
      conflict.column("topic").doUpdateSet(({ eb }) => ({ count: eb("count", "+", 1) })),
    );
  return [step(count)];
}

export async function noteChange(engine: Engine, topic: ChangeTopic): Promise<void> {
  if (engine.isShared) await engine.run(changeSteps(engine, topic));
}

export async function readChanges(engine: Engine): Promise<ChangeCounts> {
  const query = engine.queries.selectFrom("change_count").select(["topic", "count"]);
  const [{ rows }] = await engine.run([step(query)]);
  return new Map(rows.map(({ topic, count }) => [topic, count]));
}
