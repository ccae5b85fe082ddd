// What grants were used for, counted by the day.

import type { Engine } from "./engine.ts";
import type { GrantStore, GrantUse } from "./grant-store.ts";
import { step, template } from "./template.ts";

export function grantUses(engine: Engine): Pick<GrantStore, "count" | "uses" | "dropUsesBefore"> {
  const { queries } = engine;
  /** From a table of exactly one such row, so that it needs no words of one engine alone. */
  const insert = template(({ day, account, software }: Key) =>
    queries
      .insertInto("roaming_use")
      .columns(["day", "account", "software", "messages"])
      .expression((eb) =>
        eb
          .selectFrom("roaming_mark")
          .select((each) => [
            each.val(day).as("day"),
            each.val(account).as("account"),
            each.val(software).as("software"),
            each.val(0).as("messages"),
          ])
          .where("name", "=", "version")
          .where((each) =>
            each.not(
              each.exists(
                each
                  .selectFrom("roaming_use")
                  .select("messages")
                  .where("day", "=", day)
                  .where("account", "=", account)
                  .where("software", "=", software),
              ),
            ),
          ),
      ),
  );
  const add = template(({ day, account, software, messages }: GrantUse) =>
    queries
      .updateTable("roaming_use")
      .set((eb) => ({ messages: eb("messages", "+", messages) }))
      .where("day", "=", day)
      .where("account", "=", account)
      .where("software", "=", software),
  );
  return {
    async count(uses) {
      await engine.run(uses.flatMap((use) => [insert.with(keyOf(use)), add.with(use)]));
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

type Key = Omit<GrantUse, "messages">;

function keyOf({ day, account, software }: GrantUse): Key {
  return { day, account, software };
}
