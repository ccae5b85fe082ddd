// Addresses beside the accounts' own, on an engine.

import { type Compilable, type Kysely, sql } from "kysely";
import type { AddressStore, Holder } from "./address-store.ts";
import type { Engine } from "./engine.ts";
import { insertNew } from "./insert.ts";
import type { Tables } from "./schema.ts";
import { step, type Template, template } from "./template.ts";

/** Keys that are looked up at once. */
const pageLength = 500;

export function addressStore(engine: Engine): AddressStore {
  const { queries } = engine;
  const findHolders = holderQuery(engine);
  const rights = template(
    ({ first, second, third, account }: Keys & { readonly account: string }) =>
      queries
        .selectFrom("address")
        .select("key")
        .where("key", "in", [first, second, third])
        .where("account", "=", account)
        .where("kind", "=", "send-as"),
  );

  async function holderOf(keys: readonly string[]): Promise<Holder | undefined> {
    const [{ rows }] = await engine.run([findHolders.with(threeOf(keys))]);
    return firstHolder(keys, rows, byDelivery);
  }

  /** Whose it is, wherever that one's mail goes. */
  async function ownerOf(key: string): Promise<Holder | undefined> {
    const [{ rows }] = await engine.run([findHolders.with(threeOf([key]))]);
    return firstHolder([key], rows, byRight);
  }

  return {
    holderOf,
    async add(address) {
      const { key, kind } = address;
      const holder = kind === "alias" ? await ownerOf(key) : undefined;
      if (holder?.kind === "forward") return "taken";
      if (holder !== undefined && holder.account !== address.account) return "taken";
      if (holder?.account === key) return "taken";
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
      const found = new Map<string, Holder>();
      for (let at = 0; at < keys.length; at += pageLength) {
        const page = keys.slice(at, at + pageLength);
        const [{ rows }] = await engine.run([step(selectHolders(queries, page))]);
        for (const [key, own] of Map.groupBy(rows, (row) => row.key)) {
          const holder = firstHolder([key], own, byDelivery);
          if (holder !== undefined) found.set(key, holder);
        }
      }
      return found;
    },
    async maySendAs(account, keys) {
      const values = threeOf(keys);
      const [{ rows }, { rows: granted }] = await engine.run([
        findHolders.with(values),
        rights.with({ ...values, account }),
      ]);
      const itself = { key: account, holder: account, kind: "account" } as const;
      const holder = firstHolder(keys, [itself, ...rows], byRight);
      return (holder?.kind === "account" && holder.account === account) || granted.length > 0;
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

type HolderKind = "account" | "alias" | "forward";

/** Mail is sent on before it lies in a mailbox. */
const byDelivery: readonly HolderKind[] = ["forward", "account", "alias"];
/** An account may send as itself and as its aliases, wherever its mail goes. */
const byRight: readonly HolderKind[] = ["account", "alias", "forward"];

interface HolderRow {
  readonly key: string;
  /** The key of the account, or of the forward. */
  readonly holder: string;
  readonly kind: HolderKind;
}

/** One statement, for it is asked for every recipient that may be ours. */
function holderQuery({ queries }: Engine): Template<Keys, HolderRow> {
  return template(({ first, second, third }) => selectHolders(queries, [first, second, third]));
}

function literally(kind: HolderKind) {
  return sql.lit<HolderKind>(kind).as("kind");
}

function selectHolders(queries: Kysely<Tables>, keys: readonly string[]): Compilable<HolderRow> {
  return queries
    .selectFrom("account")
    .select(["key", "key as holder", literally("account")])
    .where("key", "in", keys)
    .unionAll(
      queries
        .selectFrom("address")
        .select(["key", "account as holder", literally("alias")])
        .where("key", "in", keys)
        .where("kind", "=", "alias"),
    )
    .unionAll(
      queries
        .selectFrom("forward")
        .select(["key", "key as holder", literally("forward")])
        .where("key", "in", keys),
    )
    .unionAll(
      queries
        .selectFrom("address")
        .innerJoin("forward", "forward.key", "address.account")
        .select(["address.key as key", "forward.key as holder", literally("forward")])
        .where("address.key", "in", keys)
        .where("address.kind", "=", "alias"),
    );
}

/** Who has the first key that anybody has: of those who do, the one of the first kind. */
function firstHolder(
  keys: readonly string[],
  rows: readonly HolderRow[],
  order: readonly HolderKind[],
): Holder | undefined {
  for (const key of keys) {
    for (const kind of order) {
      const row = rows.find((each) => each.key === key && each.kind === kind);
      if (row === undefined) continue;
      return kind === "forward"
        ? { kind, key: row.holder }
        : { kind: "account", account: row.holder };
    }
  }
  return undefined;
}
