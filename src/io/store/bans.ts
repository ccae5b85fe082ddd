// Bans and known addresses on an engine. What nobody searches for is one compact JSON text.

import type { Ban, Evidence } from "../../core/guessing/ban.ts";
import { formatIp, formatPrefix, parseIp, parsePrefix } from "../../core/mail/ip.ts";
import { changeSteps } from "./changes.ts";
import type { BanStore } from "./ban-store.ts";
import type { Engine } from "./engine.ts";
import type { Tables } from "./schema.ts";
import { step, template } from "./template.ts";

export function banStore(engine: Engine): BanStore {
  const { queries } = engine;
  const put = template((row: BanRow) =>
    queries.replaceInto("ban").values({
      prefix: row.prefix,
      reason: row.reason,
      note: row.note,
      since: row.since,
      until: row.until,
      times: row.times,
      evidence: row.evidence,
    }),
  );
  const remove = template(({ prefix }: { readonly prefix: string }) =>
    queries.deleteFrom("ban").where("prefix", "=", prefix),
  );
  const putKnown = template((row: KnownRow) =>
    queries
      .replaceInto("known_address")
      .values({ user: row.user, client: row.client, last_good: row.last_good }),
  );
  return {
    async keep(bans) {
      if (bans.length === 0) return;
      const steps = bans.map((ban) => put.with(toRow(ban)));
      await engine.run([...steps, ...changeSteps(engine, "bans")]);
    },
    async drop(prefixes) {
      if (prefixes.length === 0) return;
      const steps = prefixes.map((prefix) => remove.with({ prefix: formatPrefix(prefix) }));
      await engine.run([...steps, ...changeSteps(engine, "bans")]);
    },
    async list() {
      const query = queries.selectFrom("ban").selectAll().orderBy("since");
      const [{ rows }] = await engine.run([step(query)]);
      return rows.flatMap(toBan);
    },
    async keepKnown(known) {
      await engine.run(
        known.map(({ user, client, lastGood }) =>
          putKnown.with({ user, client: formatIp(client), last_good: lastGood }),
        ),
      );
    },
    async listKnown() {
      const query = queries.selectFrom("known_address").selectAll().orderBy("last_good");
      const [{ rows }] = await engine.run([step(query)]);
      return rows.flatMap(({ user, client: text, last_good: lastGood }) => {
        const client = parseIp(text);
        return client === undefined ? [] : [{ user, client, lastGood }];
      });
    },
    async dropKnownBefore(time) {
      await engine.run([step(queries.deleteFrom("known_address").where("last_good", "<", time))]);
    },
  };
}

type BanRow = Tables["ban"];
type KnownRow = Tables["known_address"];

function toRow({ prefix, evidence, ...ban }: Ban): BanRow {
  return { ...ban, prefix: formatPrefix(prefix), evidence: JSON.stringify(evidence) };
}

function toBan({ prefix: text, evidence: json, ...row }: BanRow): readonly Ban[] {
  const prefix = parsePrefix(text);
  const evidence: Evidence = JSON.parse(json);
  return prefix === undefined ? [] : [{ ...row, prefix, evidence }];
}
