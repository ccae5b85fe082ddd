// Tokens of the HTTP API on an engine.

import type { ApiToken, ApiTokenStore } from "./api-token-store.ts";
import type { Engine } from "./engine.ts";
import { insertNew } from "./insert.ts";
import type { Tables } from "./schema.ts";
import { step, template } from "./template.ts";

export function apiTokenStore(engine: Engine): ApiTokenStore {
  const { queries } = engine;
  const find = template(({ digest }: { readonly digest: string }) =>
    queries.selectFrom("api_token").selectAll().where("digest", "=", digest),
  );
  const used = template(({ id, at }: { readonly id: string; readonly at: number }) =>
    queries.updateTable("api_token").set({ last_used: at }).where("id", "=", id),
  );
  return {
    add: (token, digest) =>
      insertNew(engine, queries.insertInto("api_token").values(toRow(token, digest))),
    async find(digest) {
      const [{ rows }] = await engine.run([find.with({ digest })]);
      return rows.map(toToken)[0];
    },
    async list() {
      const query = queries.selectFrom("api_token").selectAll().orderBy("name");
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(toToken);
    },
    async remove(id) {
      const query = queries.deleteFrom("api_token").where("id", "=", id);
      const [{ changes }] = await engine.run([step(query)]);
      return changes > 0;
    },
    async used(id, at) {
      await engine.run([used.with({ id, at })]);
    },
  };
}

type TokenRow = Tables["api_token"];

function toRow(token: ApiToken, digest: string): TokenRow {
  const { id, name, scopes, createdAt, lastUsed, expiresAt } = token;
  return {
    id,
    name,
    digest,
    scopes: scopes.join(" "),
    created_at: createdAt,
    last_used: lastUsed ?? null,
    expires_at: expiresAt ?? null,
  };
}

function toToken({ id, name, scopes, created_at, last_used, expires_at }: TokenRow): ApiToken {
  return {
    id,
    name,
    scopes: scopes.split(" "),
    createdAt: created_at,
    ...(last_used !== null && { lastUsed: last_used }),
    ...(expires_at !== null && { expiresAt: expires_at }),
  };
}
