// Logins to the page on an engine.

import type { Engine } from "./engine.ts";
import type { PageSession, PageSessionStore } from "./page-session-store.ts";
import type { Tables } from "./schema.ts";
import { step, template } from "./template.ts";

export function pageSessionStore(engine: Engine): PageSessionStore {
  const { queries } = engine;
  const find = template(({ digest }: { readonly digest: string }) =>
    queries.selectFrom("page_session").selectAll().where("digest", "=", digest),
  );
  const seen = template(({ digest, at }: { readonly digest: string; readonly at: number }) =>
    queries.updateTable("page_session").set({ last_seen: at }).where("digest", "=", digest),
  );
  return {
    async open({ createdAt, lastSeen, ...session }) {
      const row = { ...session, created_at: createdAt, last_seen: lastSeen };
      await engine.run([step(queries.insertInto("page_session").values(row))]);
    },
    async find(digest) {
      const [{ rows }] = await engine.run([find.with({ digest })]);
      return rows.map(toSession)[0];
    },
    async seen(digest, at) {
      await engine.run([seen.with({ digest, at })]);
    },
    async close(digest) {
      await engine.run([step(queries.deleteFrom("page_session").where("digest", "=", digest))]);
    },
    async drop(before) {
      const query = queries
        .deleteFrom("page_session")
        .where((where) =>
          where.or([
            where("last_seen", "<", before.seen),
            where("created_at", "<", before.created),
          ]),
        );
      await engine.run([step(query)]);
    },
  };
}

function toSession(row: Tables["page_session"]): PageSession {
  const { digest, operator, client, created_at, last_seen } = row;
  return { digest, operator, client, createdAt: created_at, lastSeen: last_seen };
}
