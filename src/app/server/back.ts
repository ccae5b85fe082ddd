// Everything behind the listeners: store, policy, queue and the control socket.

import { join } from "node:path";
import type { Settings } from "../../core/config/settings.ts";
import { createIdSource } from "../../core/queue/ids.ts";
import { startControlServer } from "../../io/control/server.ts";
import { createMailboxes } from "../../io/maildir/mailboxes.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import { actFor, type OperationsFor } from "../../server/admin/act-for.ts";
import { Changes } from "../../server/admin/page/live/changes.ts";
import { createHostHealth } from "../../server/delivery/host-health.ts";
import type { Queue } from "../../server/delivery/queue.ts";
import { signNotice } from "../../server/dkim/sign-notice.ts";
import type { Log } from "../../server/log.ts";
import { controlHandler, explainFailure } from "../control.ts";
import { hasAdmin, openAdmin } from "./admin.ts";
import { withChanges } from "./changes.ts";
import { openServerCertificates } from "./certificates.ts";
import { type Dkim, openDkim } from "./dkim.ts";
import { createMeasuring } from "./measuring.ts";
import { openHandOver } from "./hand-over.ts";
import type { ServeClient } from "./front.ts";
import { watchSharing } from "../../server/sharing/watch.ts";
import { createTurns } from "../../server/logins/turns.ts";
import { countLogins } from "../../server/logins/count-logins.ts";
import type { Counters } from "../../server/metrics/counters.ts";
import { Watchers } from "../../server/watching/watchers.ts";
import { watchLogins } from "../../server/logins/watch-logins.ts";
import { openLogins } from "./logins.ts";
import { openKeepers } from "./keepers.ts";
import { createOutgoing } from "./outgoing.ts";
import type { Protection } from "./protection.ts";
import { createPop3 } from "./pop3.ts";
import { Proofs } from "./proofs.ts";
import { createPolicy, type Policy, type PolicyParts } from "./policy.ts";
import { createPrimaries } from "./primaries.ts";
import { needsRestart } from "./reload.ts";
import { createServerOperations } from "./operations.ts";
import { createSmtp } from "./smtp.ts";
import { openServerStore } from "./store.ts";
import { tellOfDane } from "./tell-of-dane.ts";
import { warnOfDomains } from "./warn-of-domains.ts";
import { warnOfWays } from "./way-warnings.ts";

export interface BackOptions {
  readonly settings: Settings;
  /** Reads and checks the configuration again; rejects with what is wrong with it. */
  readonly readSettings: () => Promise<Settings>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** What this server counts. */
  readonly counters: Counters;
  /** Where other servers take mail: 25, but for tests. */
  readonly mxPort: number;
  /** Where other domains have their MTA-STS policies: 443, but for tests. */
  readonly policyPort?: number;
  /** Milliseconds between two looks for reports that are due; by default five minutes. */
  readonly reportLookEvery?: number;
  readonly onReload?: (settings: Settings) => void;
}

export interface Back {
  readonly serve: ServeClient;
  reload(): Promise<readonly string[]>;
  stop(patience: number): Promise<void>;
}

export async function startBack(options: BackOptions): Promise<Back> {
  const store = await openServerStore(options);
  try {
    return await startOn(store, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function startOn(opened: Store, options: BackOptions): Promise<Back> {
  const changes = new Changes(options.clock.now());
  // Each message would pay for it, where there is no page to tell.
  const store = hasAdmin(options.settings) ? withChanges(opened, changes) : opened;
  const { settings, clock, log, random, mxPort, counters } = options;
  const { now, elapsed } = clock;
  const lastIds = [await store.messages.lastId(), await store.decisions.lastSession()];
  const nextId = createIdSource({
    last: Math.max(...lastIds),
    now,
    node: store.sharing?.number ?? 0,
  });
  const keepers = await openKeepers(settings, { store, clock, log });
  const { decisions, blocklists, protection, roaming } = keepers;
  const dkim = await openDkim({ store, settings: () => policy.settings, clock, log });
  const hosts = {
    policy: () => policy,
    authorities: () => authorities,
    now,
    elapsed,
    random,
    log,
    mxPort,
  };
  const proofs = new Proofs();
  const health = createHostHealth(elapsed);
  const primaries = createPrimaries({ ...hosts, store });
  const parts: PolicyParts = {
    store,
    roaming,
    breaker: protection.breaker,
    blocklists,
    log,
    keep(made) {
      const { verdict, reason } = made.decision;
      counters.decisions[made.request.role][verdict].add(reason);
      decisions.note(made);
      changes.tell("decisions");
    },
    dnsCounts: counters.dns,
    approve: (next, rules) => proofs.require(next, rules),
    signing: { keys: dkim.keys, now },
    now,
    elapsed,
    random,
    recipients: primaries.recipients,
  };
  let policy = await createPolicy(settings, parts);
  let authorities = await openHandOver(settings);
  const certificates = await openServerCertificates(settings, log, now);
  const openedLogins = await openLogins(settings, { store, log, now, elapsed });
  // One guard and one queue for all services: who guesses at one is known at the others.
  const watch = { guard: protection.guard, turns: createTurns(elapsed), log };
  const watchers = new Watchers(now);
  const admin = await openAdmin(settings, {
    ...watch,
    desk: roaming.grants,
    store,
    policy: () => policy,
    proofs,
    health,
    certificates,
    metricSources: () => measuring.sources,
    history: () => measuring.history,
    watchers,
    clock,
    hashes: openedLogins.hashes,
    operationsFor: (actor) => operationsFor(actor),
    changes,
  });
  const pop3 = createPop3({
    policy: () => policy,
    certificates,
    logins: countLogins(watchLogins(openedLogins.of("pop3"), watch), counters.logins.pop3),
    counters,
    watchers,
    mailboxes: createMailboxes(join(settings.data, "mail")),
    grants: roaming.grants,
    nextId,
    clock,
    log,
  });
  void warnOfDomains(policy, log);
  tellOfDane(policy, log);
  warnOfWays(settings, log);
  const outgoing = createOutgoing({
    ...hosts,
    health,
    store,
    nextId,
    sealing: dkim.keys,
    signNotice: (content) => signNotice(content, { keys: dkim.keys, now, log }),
    onTried: (kind, state, age, by) => counters.attempted(kind, state, age, by),
    onFailed: (login) => protection.breaker.countRefused(login, "there"),
    policyPort: options.policyPort ?? 443,
    reportLookEvery: options.reportLookEvery,
  });
  const { queue } = outgoing;
  await queue.open();
  const smtp = createSmtp({
    policy,
    store,
    certificates,
    logins: countLogins(watchLogins(openedLogins.of("smtp"), watch), counters.logins.smtp),
    counters,
    watchers,
    protection,
    queue,
    nextId,
    clock,
    log,
  });

  async function takeNext(): Promise<readonly string[]> {
    const next = await options.readSettings();
    const nextAuthorities = await openHandOver(next);
    const renewAdmin = await admin.prepare(next);
    const renewKeepers = await keepers.prepare(next);
    const before = policy;
    policy = await createPolicy(next, parts, before);
    authorities = nextAuthorities;
    smtp.renew(policy);
    renewAdmin();
    await renewKeepers();
    before.close();
    void warnOfDomains(policy, log);
    tellOfDane(policy, log);
    warnOfWays(next, log);
    options.onReload?.(next);
    queue.reroute();
    log.info({ event: "reloaded" }, "the new configuration is in place");
    return needsRestart(before.settings, next);
  }

  // One after the other: the configuration that was read last is the one that stays.
  let reloading: Promise<unknown> = Promise.resolve();
  function reload(): Promise<readonly string[]> {
    const taken = reloading.then(takeNext);
    reloading = taken.catch(() => {});
    return taken;
  }

  const operations = createServerOperations({
    store,
    policy: () => policy,
    decisions,
    protection,
    grants: roaming.grants,
    endSessions: pop3.endOf,
    blocklists,
    dkim,
    queue,
    reload,
    clock,
  });
  const operationsFor: OperationsFor = (actor) => actFor(operations, actor, keepers.audit);
  const measuring = createMeasuring({
    counters,
    store,
    queue,
    operations,
    blocklists,
    certificates,
    clock,
    log,
  });
  const control = await startControlServer(
    join(settings.data, "control.sock"),
    controlHandler(operationsFor, watchers),
    explainFailure,
  );
  outgoing.start();
  keepers.start();
  dkim.watch.start();
  primaries.start(queue);
  measuring.start();
  const sharing = watchOthers(store, { policy: () => policy, protection, dkim, queue, log });

  return {
    serve(socket, client, listener) {
      const { role } = listener;
      if (role === "pop3") return pop3.serve(socket, client, listener);
      if (role === "admin") return admin.serve(socket, client, listener);
      return smtp.serve(socket, client, listener, role);
    },
    reload,
    async stop(patience) {
      watchers.close();
      await control.close();
      const watched = dkim.watch.stop();
      admin.close();
      changes.close();
      await pop3.settled(patience);
      await Promise.all([sharing?.stop(), outgoing.stop(patience)]);
      await measuring.close();
      primaries.close();
      policy.close();
      certificates.stop();
      await watched;
      // Each may wait for a database that says nothing.
      await Promise.all([openedLogins.close(), keepers.close()]);
      await store.close();
    },
  };
}

interface Watched {
  readonly policy: () => Policy;
  readonly protection: Protection;
  readonly dkim: Dkim;
  readonly queue: Pick<Queue, "poke" | "reread">;
  readonly log: Log;
}

/** Hears of what other hosts change in a store that they share; undefined where nobody does. */
function watchOthers({ sharing }: Store, { policy, protection, dkim, queue, log }: Watched) {
  if (sharing === undefined) return undefined;
  return watchSharing({
    sharing,
    refresh: {
      domains: () => policy().directory.refresh(),
      bans: () => protection.rereadBans(),
      stops: () => protection.rereadStops(),
      dkim: () => dkim.keys.refresh(),
      queue: async () => queue.reread(),
    },
    onOurs: () => queue.poke(),
    log,
  });
}
