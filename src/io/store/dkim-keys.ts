// Signing keys on an engine.

import type { Domain } from "../../core/mail/domain.ts";
import { changeSteps } from "./changes.ts";
import type { DkimKeyStore } from "./dkim-key-store.ts";
import type { Engine } from "./engine.ts";
import { insertNew } from "./insert.ts";
import { step } from "./template.ts";

export function dkimKeyStore(engine: Engine): DkimKeyStore {
  const { queries } = engine;
  const changed = () => changeSteps(engine, "dkim");
  const update = (domain: Domain) => queries.updateTable("dkim_key").where("domain", "=", domain);
  return {
    add({ domain, name, privateKeys, createdAt, activeAt, retiredAt }) {
      const insert = queries.insertInto("dkim_key").values({
        domain,
        name,
        ...privateKeys,
        created_at: createdAt,
        active_at: activeAt,
        retired_at: retiredAt,
      });
      return insertNew(engine, insert, changed());
    },
    async list() {
      const query = queries
        .selectFrom("dkim_key")
        .selectAll()
        .orderBy("domain")
        .orderBy("created_at")
        .orderBy("name");
      const [{ rows }] = await engine.run([step(query)]);
      return rows.map(({ domain, name, rsa, ed25519, ...times }) => ({
        domain,
        name,
        privateKeys: { rsa, ed25519 },
        createdAt: times.created_at,
        activeAt: times.active_at,
        retiredAt: times.retired_at,
      }));
    },
    async activate(domain, name, at) {
      const activate = update(domain)
        .set({ active_at: at })
        .where("name", "=", name)
        .where("active_at", "is", null)
        .where("retired_at", "is", null);
      const retireOthers = update(domain)
        .set({ retired_at: at })
        .where("name", "!=", name)
        .where("active_at", "is not", null)
        .where("retired_at", "is", null);
      const [{ changes }] = await engine.run([
        { ...step(activate), guard: true },
        step(retireOthers),
        ...changed(),
      ]);
      return changes > 0;
    },
    async retire(domain, name, at) {
      const retire = update(domain)
        .set({ retired_at: at })
        .where("name", "=", name)
        .where("active_at", "is not", null)
        .where("retired_at", "is", null);
      const [{ changes }] = await engine.run([{ ...step(retire), guard: true }, ...changed()]);
      return changes > 0;
    },
    async remove(domain, name) {
      const remove = queries
        .deleteFrom("dkim_key")
        .where("domain", "=", domain)
        .where("name", "=", name);
      const [{ changes }] = await engine.run([step(remove), ...changed()]);
      return changes > 0;
    },
  };
}
