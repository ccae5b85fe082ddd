// What a server keeps beside its mail, from start to stop and through every reload: decisions,
// blocklists, who may not log in, and who may relay for having read mail.

import type { Settings } from "../../core/config/settings.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import { AuditLog } from "../../server/admin/audit/audit-log.ts";
import { startPruning } from "../../server/admin/pruning.ts";
import { DecisionKeeper } from "../../server/decisions/keeper.ts";
import type { Log } from "../../server/log.ts";
import { type BlocklistsKeeper, keepBlocklists } from "./blocklists.ts";
import { type Protection, startProtection } from "./protection.ts";
import { type Roaming, startRoaming } from "./roaming.ts";
import { planRoamingSources, RoamingSources } from "./roaming-sources.ts";

export interface Keepers {
  readonly audit: AuditLog;
  readonly decisions: DecisionKeeper;
  readonly blocklists: BlocklistsKeeper;
  readonly protection: Protection;
  readonly roaming: Roaming;
  /** Begins what goes on by itself. */
  start(): void;
  /** Finds out what a new configuration needs; what it resolves with puts that in place.
   * @throws {ConfigurationError} and leaves all as it is */
  prepare(next: Settings): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface KeeperParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reads what the store has of it. */
export async function openKeepers(settings: Settings, parts: KeeperParts): Promise<Keepers> {
  const { store, clock, log } = parts;
  const plan = await planRoamingSources(settings);
  let current = settings;
  const isShared = store.sharing !== undefined;
  const decisions = new DecisionKeeper({
    store: store.decisions,
    settings: () => current.decisions,
    now: clock.now,
    isShared,
    log,
  });
  const audit = new AuditLog({
    ...parts,
    store: store.audit,
    now: clock.now,
    node: settings.hostname,
  });
  let pruning: ReturnType<typeof startPruning> | undefined;
  const blocklists = keepBlocklists(settings, clock, log);
  const protection = await startProtection(settings, parts);
  const sources = new RoamingSources({ clock, log, isShared });
  const roaming = await startRoaming(settings, {
    ...parts,
    host: { isShared, node: isShared ? settings.hostname : "" },
    inquiries: [sources.inquiry],
    onOpened: (login) => sources.note(login),
  });
  return {
    audit,
    decisions,
    blocklists,
    protection,
    roaming,
    start() {
      decisions.start();
      pruning = startPruning({ audit, ...parts, settings: () => current.admin });
      sources.start(plan, roaming.grants);
    },
    async prepare(next) {
      const nextPlan = await planRoamingSources(next);
      return async () => {
        current = next;
        blocklists.renew(next);
        protection.renew(next);
        await roaming.renew(next);
        await sources.renew(nextPlan);
      };
    },
    async close() {
      blocklists.close();
      await pruning?.close();
      await sources.close();
      await Promise.all([protection.close(), roaming.close(), decisions.close()]);
    },
  };
}
