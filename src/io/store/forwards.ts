// Forwards on an engine.

import type { Forward, ForwardRule } from "../../core/forwards/forward.ts";
import { type Address, mailboxKey } from "../../core/mail/address.ts";
import type { Engine, Step } from "./engine.ts";
import type { ForwardFilter, ForwardStore } from "./forward-store.ts";
import type { Tables } from "./schema.ts";
import { step, template } from "./template.ts";

/** Rows that one statement carries. */
const pageLength = 500;

export function forwardStore(engine: Engine): ForwardStore {
  const { queries } = engine;
  const find = template(({ key }: Key) =>
    queries.selectFrom("forward").selectAll().where("key", "=", key),
  );
  const targetsOf = template(({ key }: Key) =>
    queries
      .selectFrom("forward_target")
      .select(["local", "domain"])
      .where("forward", "=", key)
      .orderBy("key"),
  );
  const isMember = template(({ key, sender }: Key & { readonly sender: string }) =>
    queries
      .selectFrom("forward_target")
      .select("key")
      .where("forward", "=", key)
      .where("key", "=", sender),
  );

  function firstTargets(key: string, most: number): Step<Address> {
    const all = queries.selectFrom("forward_target").select(["local", "domain"]);
    return step(all.where("forward", "=", key).orderBy("key").limit(most));
  }

  async function countTargets(keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
    // A list of nothing is no list that SQL knows.
    if (keys.length === 0) return new Map();
    const query = queries
      .selectFrom("forward_target")
      .select(({ fn }) => ["forward", fn.countAll<number>().as("count")] as const)
      .where("forward", "in", keys)
      .groupBy("forward");
    const [{ rows }] = await engine.run([step(query)]);
    return new Map(rows.map(({ forward, count }) => [forward, count]));
  }

  function addTargets(key: string, targets: readonly Address[]): Step {
    const rows = targets.map((address) => ({ forward: key, key: mailboxKey(address), ...address }));
    return step(
      queries
        .insertInto("forward_target")
        .values(rows)
        .onConflict((conflict) => conflict.doNothing()),
    );
  }

  return {
    async put(rule, targets) {
      const { key, ...columns } = toRow(rule);
      const put = queries
        .insertInto("forward")
        .values({ key, ...columns })
        .onConflict((conflict) => conflict.column("key").doUpdateSet(columns));
      const pages = inPages(targets).map((page) => addTargets(key, page));
      await engine.run([step(put), ...pages]);
    },
    async find(key) {
      const [{ rows }, { rows: targets }] = await engine.run([
        find.with({ key }),
        targetsOf.with({ key }),
      ]);
      return rows.map((row) => toForward(row, targets))[0];
    },
    async list() {
      const all = queries.selectFrom("forward").selectAll().orderBy("key");
      const targets = queries
        .selectFrom("forward_target")
        .select(["forward", "local", "domain"])
        .orderBy("forward")
        .orderBy("key");
      const [{ rows }, found] = await engine.run([step(all), step(targets)]);
      const byForward = Map.groupBy(found.rows, ({ forward }) => forward);
      return rows.map((row) => toForward(row, byForward.get(row.key) ?? []));
    },
    async page(filter, { limit, offset, targets: most }) {
      const some = matching(queries, filter);
      const [{ rows }, { rows: counted }] = await engine.run([
        step(some.selectAll().orderBy("key").limit(limit).offset(offset)),
        step(some.select(({ fn }) => fn.countAll<number>().as("total"))),
      ]);
      const heads = await engine.run(rows.map(({ key }) => firstTargets(key, most)));
      const counts = await countTargets(rows.map(({ key }) => key));
      const forwards = rows.map((row, at) => ({
        ...toForward(row, heads[at]?.rows ?? []),
        count: counts.get(row.key) ?? 0,
      }));
      return { forwards, total: counted[0]?.total ?? 0 };
    },
    async admits(key, sender) {
      const [{ rows }, { rows: members }] = await engine.run([
        find.with({ key }),
        isMember.with({ key, sender: sender ?? "" }),
      ]);
      const [row] = rows;
      if (row === undefined) return false;
      if (row.members_only === 0 || members.length > 0) return true;
      const { owner } = toRule(row);
      return owner !== null && mailboxKey(owner) === sender;
    },
    async remove(key) {
      const [{ changes }] = await engine.run([
        step(queries.deleteFrom("forward").where("key", "=", key)),
        step(queries.deleteFrom("forward_target").where("forward", "=", key)),
      ]);
      return changes > 0;
    },
    async removeTargets(key, targets) {
      const steps = inPages(targets).map((page) =>
        step(
          queries.deleteFrom("forward_target").where("forward", "=", key).where("key", "in", page),
        ),
      );
      const results = await engine.run(steps);
      return results.reduce((sum, { changes }) => sum + changes, 0);
    },
  };
}

function matching(queries: Engine["queries"], { text, about }: ForwardFilter) {
  return queries.selectFrom("forward").where((eb) =>
    eb.and([
      // Unlike LIKE, it knows no wildcards.
      ...(text === undefined
        ? []
        : [eb(eb.fn<number>("instr", ["key", eb.val(text.toLowerCase())]), ">", 0)]),
      ...(about === undefined
        ? []
        : [
            eb.or([
              eb("key", "=", about),
              eb("keep", "=", about),
              eb(
                "key",
                "in",
                queries.selectFrom("forward_target").select("forward").where("key", "=", about),
              ),
            ]),
          ]),
    ]),
  );
}

interface Key {
  readonly key: string;
}

type ForwardRow = Tables["forward"];

function toRow({ key, keep, owner, membersOnly }: ForwardRule): ForwardRow {
  return {
    key,
    keep,
    owner_local: owner?.local ?? null,
    owner_domain: owner?.domain ?? null,
    members_only: Number(membersOnly),
  };
}

function toRule({ key, keep, owner_local, owner_domain, members_only }: ForwardRow): ForwardRule {
  const owner =
    owner_local === null || owner_domain === null
      ? null
      : { local: owner_local, domain: owner_domain };
  return { key, keep, owner, membersOnly: members_only !== 0 };
}

function toForward(row: ForwardRow, targets: readonly Address[]): Forward {
  return { ...toRule(row), targets: targets.map(({ local, domain }) => ({ local, domain })) };
}

function inPages<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const pages: Item[][] = [];
  for (let at = 0; at < items.length; at += pageLength)
    pages.push(items.slice(at, at + pageLength));
  return pages;
}
