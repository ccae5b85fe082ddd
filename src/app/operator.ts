// Gives a command the operations: those of the running server, or the store's own where none runs.

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
import { loadSettings } from "./configuration.ts";
import { connectOperations, type ServerOperations } from "./control.ts";
import { ConfigurationError } from "./errors.ts";
import { prepareIdentity } from "./identity.ts";
import { createLog } from "./log.ts";
import { keepBlocklists } from "./server/blocklists.ts";
import { createPolicy, type Policy } from "./server/policy.ts";
import { isExempt } from "./server/protection.ts";

export function controlPath({ data }: Settings): string {
  return join(data, "control.sock");
}

/** Who answered a command: the server that runs, or the configuration and the store themselves. */
export type Answerer = "server" | "files";

/** Runs `act` and lets go of the store again, if it had to be opened. */
export async function withOperations<Result>(
  config: string | undefined,
  act: (operations: Operations, answerer: Answerer) => Promise<Result>,
): Promise<Result> {
  const settings = await loadSettings(config);
  const remote = await connectOperations(controlPath(settings));
  if (remote !== undefined) return act(remote, "server");
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
    return await act({ ...operations, ...decisionOperations, ...banOperations }, "files");
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

/** The operations of the running server alone. */
export async function requireServer(config: string | undefined): Promise<ServerOperations> {
  const settings = await loadSettings(config);
  const path = controlPath(settings);
  const remote = await connectOperations(path);
  if (remote !== undefined) return remote;
  throw new ConfigurationError(
    `no server is running on ${settings.data} (${path} does not answer)`,
  );
}
