// Addresses beside the accounts' own, on an engine.

import type { AddressStore } from "./address-store.ts";
import type { Engine } from "./engine.ts";
import { insertNew } from "./insert.ts";
import { step, template } from "./template.ts";

export function addressStore(engine: Engine): AddressStore {
  const { queries } = engine;
  const account = template(({ key }: { readonly key: string }) =>
    queries.selectFrom("account").select("key as account").where("key", "=", key),
  );
  const alias = template(({ key }: { readonly key: string }) =>
    queries
      .selectFrom("address")
      .select("account")
      .where("key", "=", key)
      .where("kind", "=", "alias"),
  );
  const owned = template((pair: { readonly key: string; readonly account: string }) =>
    queries
      .selectFrom("address")
      .select("account")
      .where("key", "=", pair.key)
      .where("account", "=", pair.account),
  );

  /** An account, then an alias, for each of the keys, in one unit. */
  async function accountFor(keys: readonly string[]): Promise<string | undefined> {
    const steps = keys.flatMap((key) => [account.with({ key }), alias.with({ key })]);
    const found = await engine.run(steps);
    return found.flatMap(({ rows }) => rows.map((row) => row.account))[0];
  }

  return {
    accountFor,
    async add(address) {
      const { key, kind } = address;
      const holder = kind === "alias" ? await accountFor([key]) : undefined;
      if (holder !== undefined && holder !== address.account) return "taken";
      if (holder === key) return "taken";
      return insertNew(engine, queries.insertInto("address").values(address));
    },
    async remove(key, holder) {
      const query = queries
        .deleteFrom("address")
        .where("key", "=", key)
        .where("account", "=", holder);
      const [{ changes }] = await engine.run([step(query)]);
      return changes > 0;
    },
    async list(holder) {
      const all = queries.selectFrom("address").selectAll().orderBy("key").orderBy("account");
      const query = holder === undefined ? all : all.where("account", "=", holder);
      const [{ rows }] = await engine.run([step(query)]);
      return rows;
    },
    async maySendAs(holder, keys) {
      if (keys.includes(holder)) return true;
      const found = await engine.run(keys.map((key) => owned.with({ key, account: holder })));
      return found.some(({ rows }) => rows.length > 0);
    },
  };
}
