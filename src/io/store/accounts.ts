// Accounts on an engine.

import type { Engine } from "./engine.ts";
import type { Account, AccountStore } from "./account-store.ts";
import { mailboxKey } from "../../core/mail/address.ts";
import type { Tables } from "./schema.ts";
import { insertNew } from "./insert.ts";
import { step, template } from "./template.ts";

export function accountStore(engine: Engine): AccountStore {
  const { queries } = engine;
  const select = template(({ key }: { readonly key: string }) =>
    queries.selectFrom("account").selectAll().where("key", "=", key),
  );
  return {
    add: (account) => insertNew(engine, queries.insertInto("account").values(toRow(account))),
    async find(key) {
      const [{ rows }] = await engine.run([select.with({ key })]);
      return rows.map(toAccount)[0];
    },
    async list(domain) {
      const all = queries.selectFrom("account").selectAll().orderBy("domain").orderBy("local");
      const query = domain === undefined ? all : all.where("domain", "=", domain);
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(toAccount);
    },
    async setPassword(key, password) {
      const query = queries.updateTable("account").set({ password }).where("key", "=", key);
      const [{ changes }] = await engine.run([step(query)]);
      return changes > 0;
    },
    async remove(key) {
      const query = queries.deleteFrom("account").where("key", "=", key);
      const [{ changes }] = await engine.run([step(query)]);
      return changes > 0;
    },
  };
}

type AccountRow = Tables["account"];

function toRow({ address, password, createdAt }: Account): AccountRow {
  const { local, domain } = address;
  return { key: mailboxKey(address), local, domain, password, created_at: createdAt };
}

function toAccount({ local, domain, password, created_at }: AccountRow): Account {
  return { address: { local, domain }, password, createdAt: created_at };
}
