// Grants on an engine.

import type { Grant } from "../../core/grants/grant.ts";
import { formatIp, parseIp } from "../../core/mail/ip.ts";
import type { Engine } from "./engine.ts";
import type { GrantStore, KeptGrant } from "./grant-store.ts";
import { grantUses } from "./grant-uses.ts";
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
  const put = template((row: Omit<GrantRow, "version">) =>
    queries
      .insertInto("roaming_grant")
      .values({
        id: row.id,
        node: row.node,
        client: row.client,
        account: row.account,
        source: row.source,
        software: row.software,
        opened_at: row.opened_at,
        heard_at: row.heard_at,
        ended_at: row.ended_at,
        lifetime: row.lifetime,
        revoked_at: row.revoked_at,
        sessions: row.sessions,
        version: currentVersion,
      })
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet((eb) => ({
          source: eb.ref("excluded.source"),
          software: eb.ref("excluded.software"),
          opened_at: eb.ref("excluded.opened_at"),
          heard_at: eb.ref("excluded.heard_at"),
          ended_at: eb.ref("excluded.ended_at"),
          lifetime: eb.ref("excluded.lifetime"),
          // Another host may have revoked it since we read it.
          revoked_at: eb.fn.coalesce("roaming_grant.revoked_at", "excluded.revoked_at"),
          sessions: eb.ref("excluded.sessions"),
          version: eb.ref("excluded.version"),
        })),
      ),
  );

  async function setMark(name: string, value: number): Promise<void> {
    const query = queries
      .insertInto("roaming_mark")
      .values({ name, value })
      .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }));
    await engine.run([step(query)]);
  }

  return {
    ...grantUses(engine),
    async prepare() {
      const query = queries
        .insertInto("roaming_mark")
        .values({ name: versionMark, value: 0 })
        .onConflict((conflict) => conflict.doNothing());
      await engine.run([step(query)]);
    },
    async keep(grants, node) {
      if (grants.length === 0) return;
      const puts = grants.map((grant) => put.with(toRow(grant, node)));
      await engine.run([step(nextVersion), ...puts]);
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
