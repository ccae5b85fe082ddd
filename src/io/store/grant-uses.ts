// What grants were used for, counted by the day.

import type { Engine } from "./engine.ts";
import type { GrantStore, GrantUse } from "./grant-store.ts";
import { step, template } from "./template.ts";

export function grantUses(engine: Engine): Pick<GrantStore, "count" | "uses" | "dropUsesBefore"> {
  const { queries } = engine;
  const add = template(({ day, account, software, messages }: GrantUse) =>
    queries
      .insertInto("roaming_use")
      .values({ day, account, software, messages })
      .onConflict((conflict) =>
        conflict.columns(["day", "account", "software"]).doUpdateSet((eb) => ({
          messages: eb("roaming_use.messages", "+", eb.ref("excluded.messages")),
        })),
      ),
  );
  return {
    async count(uses) {
      await engine.run(uses.map((use) => add.with(use)));
    },
    async uses(since) {
      const query = queries
        .selectFrom("roaming_use")
        .selectAll()
        .where("day", ">=", since)
        .orderBy("day")
        .orderBy("account")
        .orderBy("software");
      const [{ rows }] = await engine.run([step(query)]);
      return rows;
    },
    async dropUsesBefore(day) {
      await engine.run([step(queries.deleteFrom("roaming_use").where("day", "<", day))]);
    },
  };
}
