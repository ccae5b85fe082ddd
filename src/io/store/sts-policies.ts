// MTA-STS policies on an engine.

import { expiresAt } from "../../core/mta-sts/plan.ts";
import type { StsPolicy } from "../../core/mta-sts/policy.ts";
import type { Engine } from "./engine.ts";
import type { Tables } from "./schema.ts";
import type { KeptPolicy, StsPolicyStore } from "./sts-policy-store.ts";
import { step, template } from "./template.ts";

export function stsPolicyStore(engine: Engine): StsPolicyStore {
  const { queries } = engine;
  const find = template(({ domain }: { readonly domain: string }) =>
    queries.selectFrom("sts_policy").selectAll().where("domain", "=", domain),
  );
  return {
    async find(domain) {
      const [{ rows }] = await engine.run([find.with({ domain })]);
      return rows[0] && toKept(rows[0]);
    },
    async keep(kept) {
      await engine.run([step(queries.replaceInto("sts_policy").values(toRow(kept)))]);
    },
    async use(domain, time) {
      const query = queries.updateTable("sts_policy").set({ used_at: time });
      await engine.run([step(query.where("domain", "=", domain))]);
    },
    async stale({ usedSince, fetchedBefore, limit }) {
      const query = queries
        .selectFrom("sts_policy")
        .selectAll()
        .where("fetched_at", "<", fetchedBefore)
        .where("used_at", ">=", usedSince)
        .orderBy("fetched_at")
        .limit(limit);
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(toKept);
    },
    async dropExpired(time) {
      await engine.run([step(queries.deleteFrom("sts_policy").where("expires_at", "<", time))]);
    },
  };
}

type PolicyRow = Tables["sts_policy"];

function toRow({ domain, policy, usedAt }: KeptPolicy): PolicyRow {
  const { id, fetchedAt, mode, mx, maxAge } = policy;
  return {
    domain,
    id,
    policy: JSON.stringify({ mode, mx, maxAge }),
    fetched_at: fetchedAt,
    expires_at: expiresAt(policy),
    used_at: usedAt,
  };
}

function toKept(row: PolicyRow): KeptPolicy {
  const policy: StsPolicy = JSON.parse(row.policy);
  const { domain, id, fetched_at: fetchedAt, used_at: usedAt } = row;
  return { domain, policy: { ...policy, id, fetchedAt }, usedAt };
}
