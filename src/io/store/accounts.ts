// Accounts on an engine.

import type { Engine } from "./engine.ts";
import type { Account, AccountFilter, AccountStore, Credentials } from "./account-store.ts";
import { mailboxKey } from "../../core/mail/address.ts";
import type { Tables } from "./schema.ts";
import { insertNew, unlessConflict } from "./insert.ts";
import { step, template } from "./template.ts";

export function accountStore(engine: Engine): AccountStore {
  const { queries } = engine;
  const select = template(({ key }: { readonly key: string }) =>
    queries.selectFrom("account").selectAll().where("key", "=", key),
  );

  const insert = template(
    ({
      key,
      local,
      domain,
      password,
      scram_sha_256,
      scram_sha_1,
      disabled,
      created_at,
    }: AccountRow) =>
      queries.insertInto("account").values({
        key,
        local,
        domain,
        password,
        scram_sha_256,
        scram_sha_1,
        disabled,
        created_at,
      }),
  );
  const insertAlias = template((row: { readonly key: string; readonly account: string }) =>
    queries.insertInto("address").values({ key: row.key, account: row.account, kind: "alias" }),
  );

  async function update(key: string, changed: Partial<AccountRow>): Promise<boolean> {
    const query = queries.updateTable("account").set(changed).where("key", "=", key);
    const [{ changes }] = await engine.run([step(query)]);
    return changes > 0;
  }

  return {
    add: (account) => insertNew(engine, queries.insertInto("account").values(toRow(account))),
    async addAll(accounts) {
      const steps = accounts.flatMap((account) => {
        const { key, ...columns } = toRow(account);
        const aliases = account.aliases.map((alias) =>
          insertAlias.with({ key: alias, account: key }),
        );
        return [insert.with({ key, ...columns }), ...aliases];
      });
      return unlessConflict(engine.run(steps));
    },
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
    async page(filter, { limit, offset }) {
      // A list of nothing is no list that SQL knows.
      if (filter.keys?.length === 0) return { accounts: [], total: 0 };
      const some = matching(queries, filter);
      const [{ rows }, { rows: counted }] = await engine.run([
        step(some.selectAll().orderBy("key").limit(limit).offset(offset)),
        step(some.select(({ fn }) => fn.countAll<number>().as("total"))),
      ]);
      return { accounts: rows.map(toAccount), total: counted[0]?.total ?? 0 };
    },
    setCredentials: (key, credentials) => update(key, toColumns(credentials)),
    async setFirstCredentials(key, credentials) {
      const query = queries
        .updateTable("account")
        .set(toColumns(credentials))
        .where("key", "=", key)
        .where("password", "is", null);
      const [{ changes }] = await engine.run([step(query)]);
      return changes > 0;
    },
    setDisabled: (key, disabled) => update(key, { disabled: Number(disabled) }),
    async remove(key) {
      const [{ changes }] = await engine.run([
        step(queries.deleteFrom("account").where("key", "=", key)),
        step(queries.deleteFrom("address").where("account", "=", key)),
        step(queries.deleteFrom("app_password").where("account", "=", key)),
        step(queries.updateTable("forward").set({ keep: null }).where("keep", "=", key)),
      ]);
      return changes > 0;
    },
  };
}

type AccountRow = Tables["account"];

function matching(queries: Engine["queries"], { domain, text, keys, disabled }: AccountFilter) {
  return queries.selectFrom("account").where((eb) =>
    eb.and([
      ...(domain === undefined ? [] : [eb("domain", "=", domain)]),
      ...(keys === undefined ? [] : [eb("key", "in", keys)]),
      ...(disabled === undefined ? [] : [eb("disabled", "=", Number(disabled))]),
      // Unlike LIKE, it knows no wildcards.
      ...(text === undefined
        ? []
        : [eb(eb.fn<number>("instr", ["key", eb.val(text.toLowerCase())]), ">", 0)]),
    ]),
  );
}

type CredentialColumns = Pick<AccountRow, "password" | "scram_sha_256" | "scram_sha_1">;

function toRow({ address, credentials, disabled, createdAt }: Account): AccountRow {
  const { local, domain } = address;
  return {
    key: mailboxKey(address),
    local,
    domain,
    ...toColumns(credentials),
    disabled: Number(disabled),
    created_at: createdAt,
  };
}

function toColumns(credentials: Credentials | null): CredentialColumns {
  return {
    password: credentials?.password ?? null,
    scram_sha_256: credentials?.scram?.sha256 ?? null,
    scram_sha_1: credentials?.scram?.sha1 ?? null,
  };
}

function toAccount({ local, domain, disabled, created_at, ...columns }: AccountRow): Account {
  return {
    address: { local, domain },
    credentials: toCredentials(columns),
    disabled: disabled !== 0,
    createdAt: created_at,
  };
}

function toCredentials(columns: CredentialColumns): Credentials | null {
  const { password, scram_sha_256: sha256, scram_sha_1: sha1 } = columns;
  if (password === null) return null;
  return { password, ...(sha256 !== null && sha1 !== null && { scram: { sha256, sha1 } }) };
}
