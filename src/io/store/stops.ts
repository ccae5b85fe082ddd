// Stopped accounts on an engine.

import { changeSteps } from "./changes.ts";
import type { Engine } from "./engine.ts";
import type { StopStore } from "./stop-store.ts";
import { step } from "./template.ts";

export function stopStore(engine: Engine): StopStore {
  const { queries } = engine;
  return {
    async stop(stopped) {
      const query = queries
        .insertInto("stopped_account")
        .values(stopped)
        .onConflict((conflict) => conflict.doNothing());
      await engine.run([step(query), ...changeSteps(engine, "stops")]);
    },
    async release(account) {
      const query = queries.deleteFrom("stopped_account").where("account", "=", account);
      const [{ changes }] = await engine.run([step(query), ...changeSteps(engine, "stops")]);
      return changes > 0;
    },
    async list() {
      const query = queries.selectFrom("stopped_account").selectAll().orderBy("account");
      const [{ rows }] = await engine.run([step(query)]);
      return rows;
    },
  };
}
