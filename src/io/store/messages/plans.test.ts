// What delivery asks is found by an index, however long the queue is.

import assert from "node:assert/strict";
import test from "node:test";
import type { Engine, Step } from "../engine.ts";
import { endOfTime, sample, scratchEngine, sql } from "../fixture.test.ts";
import { migrations } from "../migrations/all.ts";
import { migrate } from "../migrations/migrate.ts";
import { lineStore } from "./lines.ts";
import { messageStore } from "./messages.ts";

/** How SQLite would carry out what `act` asks of it. */
async function plansOf(engine: Engine, act: (engine: Engine) => Promise<unknown>) {
  const asked: Step[] = [];
  await act({
    ...engine,
    queries: engine.queries,
    dialect: engine.dialect,
    isShared: false,
    run(steps) {
      asked.push(...steps);
      return engine.run(steps);
    },
  });
  const plans: string[] = [];
  for (const { sql: text, parameters } of asked) {
    const [{ rows }] = await engine.run([sql(`explain query plan ${text}`, ...parameters)]);
    plans.push(...rows.map(({ detail }) => String(detail)));
  }
  return plans;
}

test("nothing that delivery asks reads a whole table, or sorts a queue", async (t) => {
  const engine = await scratchEngine(t);
  await migrate(engine, migrations);
  const inLine = { line: { number: 16, key: "k", name: "n" }, place: 1, from: 0, until: 9 };
  const plans = await plansOf(engine, async (watched) => {
    const messages = messageStore(watched, 0);
    const lines = lineStore(watched, 0);
    await messages.keep(sample(1));
    const results = [{ index: 0, state: "lined", waited: 0, inLine }] as const;
    await messages.settle({ id: 1, at: 1, peer: "", finished: false, results });
    await messages.due({ now: 9, limit: 9, latest: endOfTime });
    await messages.earliestDue(9);
    await lines.next({ line: 16, limit: 9 });
    await lines.overdue({ line: 16, clock: 9, limit: 9 });
    await lines.earliestUntil(16);
    await lines.inUse();
    await lines.dissolve(16, 9);
    await lines.drop(16);
    const delivered = [{ index: 0, state: "delivered", said: "" }] as const;
    await messages.settle({ id: 1, at: 1, peer: "", finished: true, results: delivered });
  });
  const scans = plans.filter((plan) =>
    /^SCAN (?!m$|r$)|TEMP B-TREE FOR (GROUP|DISTINCT)/.test(plan),
  );
  assert.deepEqual(scans, [], plans.join("\n"));
  for (const index of ["message_due", "recipient_place", "recipient_line_until"]) {
    assert.ok(
      plans.some((plan) => plan.includes(index)),
      `${index}: ${plans.join("\n")}`,
    );
  }
});
