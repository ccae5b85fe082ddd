// Recipients at other hosts on an engine.

import type { KnownRecipient } from "../../core/recipients/known-recipient.ts";
import type { Engine } from "./engine.ts";
import type { RecipientStore } from "./recipient-store.ts";
import type { Tables } from "./schema.ts";
import { step, template } from "./template.ts";

export function recipientStore(engine: Engine): RecipientStore {
  const { queries } = engine;
  const put = template((row: Row) =>
    queries.replaceInto("known_recipient").values({
      key: row.key,
      domain: row.domain,
      present: row.present,
      said: row.said,
      asked_at: row.asked_at,
    }),
  );
  const select = template(({ key }: { readonly key: string }) =>
    queries.selectFrom("known_recipient").selectAll().where("key", "=", key),
  );
  return {
    async keep(known) {
      await engine.run([put.with(toRow(known))]);
    },
    async find(key) {
      const [{ rows }] = await engine.run([select.with({ key })]);
      return rows.map(toKnown)[0];
    },
    async list(domain, limit) {
      const query = queries
        .selectFrom("known_recipient")
        .selectAll()
        .where("domain", "=", domain)
        .orderBy("key")
        .limit(limit);
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(toKnown);
    },
    async drop(key) {
      const query = queries.deleteFrom("known_recipient").where("key", "=", key);
      const [{ changes }] = await engine.run([step(query)]);
      return changes > 0;
    },
    async dropBefore({ yes, no }) {
      const old = queries.deleteFrom("known_recipient");
      await engine.run([
        step(old.where("present", "=", 1).where("asked_at", "<", yes)),
        step(old.where("present", "=", 0).where("asked_at", "<", no)),
      ]);
    },
    async dropNobodiesBeyond(most) {
      const query = queries
        .selectFrom("known_recipient")
        .select("asked_at")
        .where("present", "=", 0)
        .orderBy("asked_at", "desc")
        .offset(most)
        .limit(1);
      const [{ rows }] = await engine.run([step(query)]);
      const [newest] = rows;
      if (newest === undefined) return 0;
      const { changes } = (
        await engine.run([
          step(
            queries
              .deleteFrom("known_recipient")
              .where("present", "=", 0)
              .where("asked_at", "<=", newest.asked_at),
          ),
        ])
      )[0];
      return changes;
    },
  };
}

type Row = Tables["known_recipient"];

function toRow({ key, exists, said, askedAt }: KnownRecipient): Row {
  const domain = key.slice(key.lastIndexOf("@") + 1);
  return { key, domain, present: exists ? 1 : 0, said, asked_at: askedAt };
}

function toKnown({ key, present, said, asked_at: askedAt }: Row): KnownRecipient {
  return { key, exists: present === 1, said, askedAt };
}
