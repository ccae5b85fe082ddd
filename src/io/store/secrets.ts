// Secrets on an engine.

import type { Engine } from "./engine.ts";
import type { SecretStore } from "./secret-store.ts";
import { step } from "./template.ts";

export function secretStore(engine: Engine): SecretStore {
  const { queries } = engine;
  return {
    async settle(name, fresh) {
      const find = queries.selectFrom("secret").select("value").where("name", "=", name);
      const [before] = await engine.run([step(find)]);
      const [known] = before.rows;
      if (known !== undefined) return known.value;
      const insert = queries
        .insertInto("secret")
        .values({ name, value: fresh })
        .onConflict((conflict) => conflict.doNothing());
      await engine.run([step(insert)]);
      // Another host may have been first; its own is committed by now, and seen by a new unit.
      const [after] = await engine.run([step(find)]);
      return after.rows[0]?.value ?? fresh;
    },
  };
}
