// Domains on an engine.

import { changeSteps } from "./changes.ts";
import type { DomainStore } from "./domain-store.ts";
import type { Engine } from "./engine.ts";
import { insertNew } from "./insert.ts";
import { step } from "./template.ts";

export function domainStore(engine: Engine): DomainStore {
  const { queries } = engine;
  return {
    add({ name, createdAt, sendOnly }) {
      return insertNew(
        engine,
        queries.insertInto("domain").values({
          name,
          created_at: createdAt,
          send_only: Number(sendOnly),
        }),
        changeSteps(engine, "domains"),
      );
    },
    async list() {
      const query = queries
        .selectFrom("domain")
        .select(["name", "created_at as createdAt", "send_only as sendOnly"])
        .orderBy("name");
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map((row) => ({ ...row, sendOnly: row.sendOnly !== 0 }));
    },
    async remove(name) {
      const find = queries.selectFrom("domain").select("name").where("name", "=", name);
      const remove = queries
        .deleteFrom("domain")
        .where("name", "=", name)
        .where((eb) =>
          eb.not(eb.exists(eb.selectFrom("account").select("key").where("domain", "=", name))),
        );
      const [found, { changes }] = await engine.run([
        step(find),
        step(remove),
        ...changeSteps(engine, "domains"),
      ]);
      if (changes > 0) return "removed";
      return found.rows.length > 0 ? "in-use" : "missing";
    },
  };
}
