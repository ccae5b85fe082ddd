// Addresses beside the accounts' own, on an engine.

import type { AddressStore } from "./address-store.ts";
import type { Engine } from "./engine.ts";
import { insertNew } from "./insert.ts";
import { step, template } from "./template.ts";

/** Keys that are looked up at once. */
const pageLength = 500;

export function addressStore(engine: Engine): AddressStore {
  const { queries } = engine;
  const accounts = template(({ first, second, third }: Keys) =>
    queries
      .selectFrom("account")
      .select(["key", "key as account"])
      .where("key", "in", [first, second, third]),
  );
  const aliases = template(({ first, second, third }: Keys) =>
    queries
      .selectFrom("address")
      .select(["key", "account"])
      .where("key", "in", [first, second, third])
      .where("kind", "=", "alias"),
  );
  const rights = template(
    ({ first, second, third, account }: Keys & { readonly account: string }) =>
      queries
        .selectFrom("address")
        .select("key")
        .where("key", "in", [first, second, third])
        .where("account", "=", account)
        .where("kind", "=", "send-as"),
  );

  async function accountFor(keys: readonly string[]): Promise<string | undefined> {
    const values = threeOf(keys);
    const [own, others] = await engine.run([accounts.with(values), aliases.with(values)]);
    return firstHolder(keys, [...own.rows, ...others.rows]);
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
    async holders(keys) {
      const found = new Map<string, string>();
      for (let at = 0; at < keys.length; at += pageLength) {
        const page = keys.slice(at, at + pageLength);
        const own = queries.selectFrom("account").select("key").where("key", "in", page);
        const others = queries
          .selectFrom("address")
          .select(["key", "account"])
          .where("key", "in", page)
          .where("kind", "=", "alias");
        const [ofAccounts, ofAliases] = await engine.run([step(own), step(others)]);
        for (const { key } of ofAccounts.rows) found.set(key, key);
        for (const { key, account } of ofAliases.rows) found.set(key, account);
      }
      return found;
    },
    async maySendAs(account, keys) {
      const values = threeOf(keys);
      const [own, others, { rows: granted }] = await engine.run([
        accounts.with(values),
        aliases.with(values),
        rights.with({ ...values, account }),
      ]);
      const itself = { key: account, account };
      const holder = firstHolder(keys, [itself, ...own.rows, ...others.rows]);
      return holder === account || granted.length > 0;
    },
  };
}

interface Keys {
  readonly first: string;
  readonly second: string;
  readonly third: string;
}

/** As many as the queries have room for. */
function threeOf(keys: readonly string[]): Keys {
  const [first = "", second = first, third = second] = keys;
  return { first, second, third };
}

interface Holder {
  readonly key: string;
  readonly account: string;
}

/** Who has the first key that anybody has; the first one of those who do. */
function firstHolder(keys: readonly string[], holders: readonly Holder[]): string | undefined {
  const all = keys.flatMap((key) => holders.filter((holder) => holder.key === key));
  return all[0]?.account;
}
