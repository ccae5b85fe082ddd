// Operators on an engine.

import type { Engine } from "./engine.ts";
import { insertNew } from "./insert.ts";
import type { OperatorStore } from "./operator-store.ts";
import { step } from "./template.ts";

export function operatorStore(engine: Engine): OperatorStore {
  const { queries } = engine;
  const sessionsOf = (name: string) =>
    queries.deleteFrom("page_session").where("operator", "=", name);
  return {
    add: ({ name, createdAt }, password) =>
      insertNew(
        engine,
        queries.insertInto("operator").values({ name, password, created_at: createdAt }),
      ),
    async passwordOf(name) {
      const query = queries.selectFrom("operator").select("password").where("name", "=", name);
      const [{ rows }] = await engine.run([step(query)]);
      return rows[0]?.password;
    },
    async list() {
      const query = queries.selectFrom("operator").select(["name", "created_at"]).orderBy("name");
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(({ name, created_at }) => ({ name, createdAt: created_at }));
    },
    async setPassword(name, password, except = "") {
      const change = queries.updateTable("operator").set({ password }).where("name", "=", name);
      const others = sessionsOf(name).where("digest", "!=", except);
      const [{ changes }] = await engine.run([step(change), step(others)]);
      return changes > 0;
    },
    async remove(name) {
      const query = queries.deleteFrom("operator").where("name", "=", name);
      const [{ changes }] = await engine.run([step(query), step(sessionsOf(name))]);
      return changes > 0;
    },
  };
}
