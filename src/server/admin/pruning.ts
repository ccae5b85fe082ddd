// Forgets what nobody needs any more of who administers: old acts, and logins to the page that are over.

import { errorText } from "../../core/error-text.ts";
import type { AdminSettings } from "../../core/config/settings.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import type { Log } from "../log.ts";
import { PageSessions } from "./access/page-sessions.ts";
import type { AuditLog } from "./audit/audit-log.ts";

export interface PruningOptions {
  readonly audit: Pick<AuditLog, "prune">;
  readonly store: Pick<Store, "pageSessions">;
  readonly settings: () => AdminSettings;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** Milliseconds between two looks. */
const every = 3_600_000;

/** Looks at once, and then every hour. */
export function startPruning(options: PruningOptions): { close(): Promise<void> } {
  const { audit, store, settings, clock, log } = options;
  const sessions = new PageSessions(store.pageSessions, clock.now);

  async function prune(): Promise<void> {
    try {
      await audit.prune(settings().auditFor);
      await sessions.prune();
    } catch (error) {
      log.warn({ event: "prune-failed", why: errorText(error) }, "old acts were not forgotten");
    }
  }

  let pruned = prune();
  const timer = setInterval(() => {
    pruned = pruned.then(prune);
  }, every);
  timer.unref();
  return {
    close() {
      clearInterval(timer);
      return pruned;
    },
  };
}
