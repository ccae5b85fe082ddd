// The operations on configuration and store themselves, for a command where no server runs.

import { BanLedger } from "../core/guessing/ban-ledger.ts";
import type { Settings } from "../core/config/settings.ts";
import type { Domain } from "../core/mail/domain.ts";
import { shortId } from "../io/password/random-text.ts";
import { systemClock } from "../io/process/clock.ts";
import { userName } from "../io/process/user-name.ts";
import type { Store } from "../io/store/store.ts";
import { actFor } from "../server/admin/act-for.ts";
import { AuditLog } from "../server/admin/audit/audit-log.ts";
import { createAccessOperations } from "../server/admin/access-operations.ts";
import { createBanOperations } from "../server/admin/ban-operations.ts";
import { createDecisionOperations } from "../server/admin/decision-operations.ts";
import { createLocalOperations } from "../server/admin/local-operations.ts";
import type { Operations } from "../server/admin/operations.ts";
import { createQueueOperations } from "../server/admin/queue-operations.ts";
import { commandActor } from "./control.ts";
import { prepareIdentity } from "./identity.ts";
import { createLog } from "./log.ts";
import { openStoreOf } from "./open-store.ts";
import { operateDkim } from "./server/dkim.ts";
import { keepBlocklists } from "./server/blocklists.ts";
import { type Roaming, startRoaming, withGrants } from "./server/roaming.ts";
import { createPolicy, type Policy } from "./server/policy.ts";
import { isExempt } from "./server/protection.ts";

/** Opens the store for as long as `act` takes. */
export async function withLocalOperations<Result>(
  settings: Settings,
  act: (operations: Operations) => Promise<Result>,
): Promise<Result> {
  const user = userName(); // before it becomes another one
  // What the command writes must belong to the user that the server will be.
  (await prepareIdentity(settings)).assume();
  const store = await openStoreOf(settings);
  let deciding: Promise<OwnPolicy> | undefined;
  let roaming: Promise<Roaming> | undefined;
  const readRoaming = () => (roaming ??= ownRoaming(settings, store));
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
      policy: async () =>
        (await (deciding ??= readRoaming().then((read) => ownPolicy(settings, store, read))))
          .policy,
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
    const withoutServer = withGrants(operations, {
      grants: async () => (await readRoaming()).grants,
      isOurs: (name) => isOurs(name, settings, store),
      now: systemClock.now,
    });
    const queueOperations = createQueueOperations({
      store,
      queue: { async settled() {}, poke() {}, tryNow() {}, inHand: () => [], busy: () => [] },
      schedule: () => settings.queue,
      stops: store.stops,
      now: systemClock.now,
    });
    const dkimOperations = operateDkim({
      store,
      settings: () => settings,
      isOurs: (name) => isOurs(name, settings, store),
      now: systemClock.now,
      onChanged: async () => {},
    });
    const all = {
      ...withoutServer,
      ...queueOperations,
      ...dkimOperations,
      ...decisionOperations,
      ...banOperations,
      ...createAccessOperations({ store, now: systemClock.now, newId: shortId }),
    };
    return await act(actFor(all, commandActor(user), auditOf(settings, store)));
  } finally {
    (await deciding)?.close();
    await (await roaming)?.close();
    await store.close();
  }
}

function auditOf({ hostname }: Settings, store: Store): AuditLog {
  const { now } = systemClock;
  return new AuditLog({ store: store.audit, node: hostname, now, log: createLog() });
}

async function isOurs(name: Domain, { domains }: Settings, store: Store): Promise<boolean> {
  if (domains.some((domain) => domain.name === name)) return true;
  return (await store.domains.list()).some((domain) => domain.name === name);
}

/** As a host beside those that serve: their sessions are none of a command's. */
function ownRoaming(settings: Settings, store: Store): Promise<Roaming> {
  return startRoaming(settings, {
    store,
    host: { isShared: true, node: "command" },
    clock: systemClock,
    log: createLog(),
    inquiries: [],
  });
}

interface OwnPolicy {
  readonly policy: Policy;
  close(): void;
}

/** As a server would have it that starts now. */
async function ownPolicy(settings: Settings, store: Store, roaming: Roaming): Promise<OwnPolicy> {
  const log = createLog();
  const { now, elapsed } = systemClock;
  const blocklists = keepBlocklists(settings, systemClock, log);
  const policy = await createPolicy(settings, {
    store,
    blocklists,
    roaming,
    log,
    keep() {},
    async approve() {}, // what may not be served can still be explained
    now,
    elapsed,
    random: Math.random,
  });
  return {
    policy,
    close() {
      policy.close();
      blocklists.close();
    },
  };
}
