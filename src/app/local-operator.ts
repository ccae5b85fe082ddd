// The operations on configuration and store themselves, for a command where no server runs.

import { join } from "node:path";
import { BanLedger } from "../core/guessing/ban-ledger.ts";
import type { Settings } from "../core/config/settings.ts";
import { shortId } from "../io/password/random-text.ts";
import { systemClock } from "../io/process/clock.ts";
import { openStore } from "../io/store/open.ts";
import type { Store } from "../io/store/store.ts";
import { createBanOperations } from "../server/admin/ban-operations.ts";
import { createDecisionOperations } from "../server/admin/decision-operations.ts";
import { createLocalOperations } from "../server/admin/local-operations.ts";
import type { Operations } from "../server/admin/operations.ts";
import { prepareIdentity } from "./identity.ts";
import { createLog } from "./log.ts";
import { keepBlocklists } from "./server/blocklists.ts";
import { createPolicy, type Policy } from "./server/policy.ts";
import { isExempt } from "./server/protection.ts";

/** Opens the store for as long as `act` takes. */
export async function withLocalOperations<Result>(
  settings: Settings,
  act: (operations: Operations) => Promise<Result>,
): Promise<Result> {
  // What the command writes must belong to the user that the server will be.
  (await prepareIdentity(settings)).assume();
  const store = await openStore({ path: join(settings.data, "store.db") });
  let deciding: Promise<OwnPolicy> | undefined;
  try {
    const operations = createLocalOperations({
      store,
      domains: () => settings.domains,
      now: systemClock.now,
      newId: shortId,
      stops: store.stops,
      onQueueChanged: () => {},
      onDomainsChanged: async () => {},
    });
    const decisionOperations = createDecisionOperations({
      policy: async () => (await (deciding ??= ownPolicy(settings, store))).policy,
      kept: store.decisions,
      settings: () => settings.decisions,
    });
    let ledger: Promise<BanLedger> | undefined;
    const banOperations = createBanOperations({
      ledger: () => (ledger ??= store.bans.list().then((bans) => new BanLedger(bans))),
      async keep({ kept, dropped }) {
        await store.bans.keep(kept);
        await store.bans.drop(dropped);
      },
      isAllowed: (prefix) => isExempt(settings, prefix),
      onLifted() {},
      now: systemClock.now,
    });
    return await act({ ...operations, ...decisionOperations, ...banOperations });
  } finally {
    (await deciding)?.close();
    await store.close();
  }
}

interface OwnPolicy {
  readonly policy: Policy;
  close(): void;
}

/** As a server would have it that starts now. */
async function ownPolicy(settings: Settings, store: Store): Promise<OwnPolicy> {
  const log = createLog();
  const { elapsed } = systemClock;
  const blocklists = keepBlocklists(settings, systemClock, log);
  const policy = await createPolicy(settings, {
    store,
    blocklists,
    log,
    keep() {},
    async approve() {}, // what may not be served can still be explained
    elapsed,
  });
  return {
    policy,
    close() {
      policy.close();
      blocklists.close();
    },
  };
}
