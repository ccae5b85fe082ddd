// Grants on an engine. A row is inserted where there is none and changed otherwise, never replaced:
// another host may have revoked it since we read it.

import type { Grant } from "../../core/grants/grant.ts";
import { formatIp, parseIp } from "../../core/mail/ip.ts";
import type { Engine } from "./engine.ts";
import type { GrantStore, KeptGrant } from "./grant-store.ts";
import { grantUses } from "./grant-uses.ts";
import { insertNew } from "./insert.ts";
import type { Tables } from "./schema.ts";
import { step, template } from "./template.ts";

type GrantRow = Tables["roaming_grant"];

const versionMark = "version";
const nodeMark = "node:";

export function grantStore(engine: Engine): GrantStore {
  const { queries } = engine;
  const currentVersion = queries
    .selectFrom("roaming_mark")
    .select("value")
    .where("name", "=", versionMark);
  /** Holds other hosts' changes back until ours are there. */
  const nextVersion = queries
    .updateTable("roaming_mark")
    .set((eb) => ({ value: eb("value", "+", 1) }))
    .where("name", "=", versionMark);
  const statements = grantStatements(engine);

  async function setMark(name: string, value: number): Promise<void> {
    const update = queries.updateTable("roaming_mark").set({ value }).where("name", "=", name);
    const [{ changes }] = await engine.run([step(update)]);
    if (changes > 0) return;
    await insertNew(engine, queries.insertInto("roaming_mark").values({ name, value }));
  }

  return {
    ...grantUses(engine),
    async prepare() {
      const row = { name: versionMark, value: 0 };
      await insertNew(engine, queries.insertInto("roaming_mark").values(row));
    },
    async keep(grants, node) {
      if (grants.length === 0) return;
      const rows = grants.map((grant) => toRow(grant, node));
      const steps = rows.flatMap((row) => [statements.insert(row), statements.update(row)]);
      await engine.run([step(nextVersion), ...steps]);
    },
    async revoke(ids, at) {
      const revocations = ids.map((id) =>
        queries
          .updateTable("roaming_grant")
          .set({ revoked_at: at, version: currentVersion })
          .where("id", "=", id)
          .where("revoked_at", "is", null),
      );
      await engine.run([nextVersion, ...revocations].map((query) => step(query)));
    },
    async changedSince({ version, id }, limit) {
      const query = queries
        .selectFrom("roaming_grant")
        .selectAll()
        .where((eb) =>
          // So written, the index leads to the place at once.
          eb.and([
            eb("version", ">=", version),
            eb.or([eb("version", ">", version), eb("id", ">", id)]),
          ]),
        )
        .orderBy("version")
        .orderBy("id")
        .limit(limit);
      const [{ rows }] = await engine.run([step(query)]);
      const last = rows.at(-1);
      const place = last === undefined ? { version, id } : { version: last.version, id: last.id };
      return { grants: rows.flatMap(toKept), place, isAll: rows.length < limit };
    },
    async dropBefore(time) {
      const query = queries.deleteFrom("roaming_grant").where((eb) => {
        const lasts = eb.fn.coalesce("lifetime", eb.val(0));
        return eb.and([
          eb(eb("heard_at", "+", lasts), "<", time),
          eb(eb(eb.fn.coalesce("ended_at", "heard_at"), "+", lasts), "<", time),
          eb(eb.fn.coalesce("revoked_at", "heard_at"), "<", time),
        ]);
      });
      await engine.run([step(query)]);
    },
    mark: (node, value) => setMark(`${nodeMark}${node}`, value),
    async marks() {
      const query = queries.selectFrom("roaming_mark").selectAll().where("name", "!=", versionMark);
      const [{ rows }] = await engine.run([step(query)]);
      return new Map(rows.map(({ name, value }) => [name.slice(nodeMark.length), value]));
    },
  };
}

/** Queries that are built once: they are carried out for each login. */
function grantStatements({ queries }: Engine) {
  const insert = template((row: Omit<GrantRow, "version">) =>
    queries
      .insertInto("roaming_grant")
      .columns([
        "id",
        "node",
        "client",
        "account",
        "source",
        "software",
        "opened_at",
        "heard_at",
        "ended_at",
        "lifetime",
        "revoked_at",
        "sessions",
        "version",
      ])
      .expression((eb) =>
        eb
          .selectFrom("roaming_mark")
          .select((each) => [
            each.val(row.id).as("id"),
            each.val(row.node).as("node"),
            each.val(row.client).as("client"),
            each.val(row.account).as("account"),
            each.val(row.source).as("source"),
            each.val(row.software).as("software"),
            each.val(row.opened_at).as("opened_at"),
            each.val(row.heard_at).as("heard_at"),
            each.val(row.ended_at).as("ended_at"),
            each.val(row.lifetime).as("lifetime"),
            each.val(row.revoked_at).as("revoked_at"),
            each.val(row.sessions).as("sessions"),
            "value",
          ])
          .where("name", "=", versionMark)
          .where((each) =>
            each.not(
              each.exists(each.selectFrom("roaming_grant").select("id").where("id", "=", row.id)),
            ),
          ),
      ),
  );
  const update = template((row: Omit<GrantRow, "version">) =>
    queries
      .updateTable("roaming_grant")
      .set((eb) => ({
        source: row.source,
        software: row.software,
        opened_at: row.opened_at,
        heard_at: row.heard_at,
        ended_at: row.ended_at,
        lifetime: row.lifetime,
        revoked_at: eb.fn.coalesce("revoked_at", eb.val(row.revoked_at)),
        sessions: row.sessions,
        version: eb.selectFrom("roaming_mark").select("value").where("name", "=", versionMark),
      }))
      .where("id", "=", row.id),
  );
  return {
    insert: (row: Omit<GrantRow, "version">) => insert.with(row),
    update: (row: Omit<GrantRow, "version">) => update.with(row),
  };
}

function toRow(grant: Grant, node: string): Omit<GrantRow, "version"> {
  return {
    id: grant.id,
    node,
    client: formatIp(grant.client),
    account: grant.account,
    source: grant.source,
    software: grant.software,
    opened_at: Math.round(grant.openedAt),
    heard_at: Math.round(grant.heardAt),
    ended_at: grant.endedAt === null ? null : Math.round(grant.endedAt),
    lifetime: grant.lifetime,
    revoked_at: grant.revokedAt === null ? null : Math.round(grant.revokedAt),
    sessions: JSON.stringify(grant.sessions),
  };
}

function toKept(row: GrantRow): readonly KeptGrant[] {
  const client = parseIp(row.client);
  if (client === undefined) return [];
  const { id, node, account, source, software, lifetime } = row;
  const sessions: readonly string[] = JSON.parse(row.sessions);
  const grant: Grant = {
    id,
    client,
    account,
    source,
    software,
    openedAt: row.opened_at,
    heardAt: row.heard_at,
    endedAt: row.ended_at,
    lifetime,
    revokedAt: row.revoked_at,
    sessions,
  };
  return [{ grant, node }];
}
