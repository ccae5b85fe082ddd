// Reports of TLS on an engine.

import { createHash } from "node:crypto";
import type { SessionCount } from "../../core/tls-report/session.ts";
import type { Engine } from "./engine.ts";
import { prepareKeep } from "./messages/keep.ts";
import type { Tables } from "./schema.ts";
import { step, template } from "./template.ts";
import type { DaysSessions, TlsReportStore } from "./tls-report-store.ts";

/** @param node the number of this host */
export function tlsReportStore(engine: Engine, node: number): TlsReportStore {
  const { queries } = engine;
  const keep = prepareKeep(queries, node);
  const add = template((row: SessionRow) =>
    queries
      .insertInto("tls_session")
      .values({
        day: row.day,
        domain: row.domain,
        digest: row.digest,
        session: row.session,
        count: row.count,
      })
      .onConflict((conflict) =>
        conflict.columns(["day", "domain", "digest"]).doUpdateSet((eb) => ({
          count: eb("tls_session.count", "+", eb.ref("excluded.count")),
        })),
      ),
  );
  return {
    async count(sessions) {
      if (sessions.length === 0) return;
      await engine.run(sessions.map((session) => add.with(toRow(session))));
    },
    async unreported(day, after, limit) {
      const done = queries
        .selectFrom("tls_report")
        .select("domain")
        .where("day", "=", day)
        .where("done_at", "is not", null);
      const query = queries
        .selectFrom("tls_session")
        .select("domain")
        .distinct()
        .where("day", "=", day)
        .where("domain", ">", after)
        .where("domain", "not in", done)
        .orderBy("domain")
        .limit(limit);
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(({ domain }) => domain);
    },
    async begin({ day, domain }, now, lapsed) {
      const first = queries
        .insertInto("tls_report")
        .values({ day, domain, begun_at: now, done_at: null })
        .onConflict((conflict) => conflict.doNothing());
      const [{ changes }] = await engine.run([step(first)]);
      if (changes > 0) return true;
      const again = queries
        .updateTable("tls_report")
        .set({ begun_at: now })
        .where("day", "=", day)
        .where("domain", "=", domain)
        .where("done_at", "is", null)
        .where("begun_at", "<", lapsed);
      const [taken] = await engine.run([step(again)]);
      return taken.changes > 0;
    },
    async sessions({ day, domain }) {
      const query = queries
        .selectFrom("tls_session")
        .select(["session", "count"])
        .where("day", "=", day)
        .where("domain", "=", domain)
        .orderBy("digest");
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(({ session, count }) => {
        const read: Omit<SessionCount, "count"> = JSON.parse(session);
        return { ...read, count };
      });
    },
    async finish({ day, domain }, now, mail) {
      const done = queries
        .updateTable("tls_report")
        .set({ done_at: now })
        .where("day", "=", day)
        .where("domain", "=", domain)
        .where("done_at", "is", null);
      const steps = mail === undefined ? [] : keep(mail);
      const [{ changes }] = await engine.run([{ ...step(done), guard: true }, ...steps]);
      return changes > 0;
    },
    async dropBefore(day) {
      await engine.run([
        step(queries.deleteFrom("tls_session").where("day", "<", day)),
        step(queries.deleteFrom("tls_report").where("day", "<", day)),
      ]);
    },
  };
}

type SessionRow = Tables["tls_session"];

function toRow({ day, domain, policy, failure, count }: DaysSessions): SessionRow {
  const session = JSON.stringify({ policy, failure });
  const digest = createHash("sha256").update(session).digest("hex");
  return { day, domain, digest, session, count };
}
