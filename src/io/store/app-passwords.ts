// App passwords on an engine.

import type { AppPassword, AppPasswordStore } from "./app-password-store.ts";
import type { Engine } from "./engine.ts";
import { insertNew } from "./insert.ts";
import type { Tables } from "./schema.ts";
import { step, template } from "./template.ts";

export function appPasswordStore(engine: Engine): AppPasswordStore {
  const { queries } = engine;
  const find = template(({ digest }: { readonly digest: string }) =>
    queries.selectFrom("app_password").selectAll().where("digest", "=", digest),
  );
  const use = template(
    (values: { readonly id: string; readonly at: number; readonly client: string }) =>
      queries
        .updateTable("app_password")
        .set({ last_used: values.at, last_client: values.client })
        .where("id", "=", values.id),
  );
  return {
    add: (password, digest) =>
      insertNew(engine, queries.insertInto("app_password").values(toRow(password, digest))),
    async find(digest) {
      const [{ rows }] = await engine.run([find.with({ digest })]);
      return rows.map(toAppPassword)[0];
    },
    async list(account) {
      const all = queries.selectFrom("app_password").selectAll().orderBy("account").orderBy("name");
      const query = account === undefined ? all : all.where("account", "=", account);
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(toAppPassword);
    },
    async remove(id) {
      const query = queries.deleteFrom("app_password").where("id", "=", id);
      const [{ changes }] = await engine.run([step(query)]);
      return changes > 0;
    },
    async used(id, at, client) {
      await engine.run([use.with({ id, at, client })]);
    },
  };
}

type AppPasswordRow = Tables["app_password"];

function toRow(password: AppPassword, digest: string): AppPasswordRow {
  const { id, account, name, scope, createdAt, lastUsed, lastClient } = password;
  return {
    id,
    account,
    name,
    digest,
    scope,
    created_at: createdAt,
    last_used: lastUsed ?? null,
    last_client: lastClient ?? null,
  };
}

function toAppPassword(row: AppPasswordRow): AppPassword {
  const { id, account, name, scope, created_at, last_used, last_client } = row;
  return {
    id,
    account,
    name,
    scope,
    createdAt: created_at,
    ...(last_used !== null && { lastUsed: last_used }),
    ...(last_client !== null && { lastClient: last_client }),
  };
}
