// The history of this host on an engine.

import type { Engine } from "./engine.ts";
import type { HistoryStore } from "./history-store.ts";
import { step } from "./template.ts";

export function historyStore(engine: Engine, node: number): HistoryStore {
  const { queries } = engine;
  return {
    async keep({ minute, data }) {
      await engine.run([step(queries.replaceInto("history").values({ node, minute, data }))]);
    },
    async read(first, end) {
      const query = queries
        .selectFrom("history")
        .select(["minute", "data"])
        .where("node", "=", node)
        .where("minute", ">=", first)
        .where("minute", "<", end)
        .orderBy("minute");
      const [{ rows }] = await engine.run([step(query)]);
      return rows;
    },
    async dropBeyond(most) {
      const latestToGo = queries
        .selectFrom("history")
        .select("minute")
        .where("node", "=", node)
        .orderBy("minute", "desc")
        .offset(most)
        .limit(1);
      const [{ rows }] = await engine.run([step(latestToGo)]);
      const [latest] = rows;
      if (latest === undefined) return 0;
      const old = queries.deleteFrom("history").where("node", "=", node);
      const [{ changes }] = await engine.run([step(old.where("minute", "<=", latest.minute))]);
      return changes;
    },
  };
}
