// Everything behind the listeners: store, policy, queue and the control socket.

import { join } from "node:path";
import type { Settings } from "../../core/config/settings.ts";
import { formatFinding } from "../../core/policy/proof/finding.ts";
import { createIdSource } from "../../core/queue/ids.ts";
import { startControlServer } from "../../io/control/server.ts";
import { createMailboxes } from "../../io/maildir/mailboxes.ts";
import { shortId } from "../../io/password/random-text.ts";
import type { Clock } from "../../io/process/clock.ts";
import { StoreError } from "../../io/store/error.ts";
import type { Store } from "../../io/store/store.ts";
import { createDecisionOperations } from "../../server/admin/decision-operations.ts";
import { createBlocklistOperations } from "../../server/blocklists/operations.ts";
import { createLocalOperations } from "../../server/admin/local-operations.ts";
import { DecisionKeeper } from "../../server/decisions/keeper.ts";
import type { Log } from "../../server/log.ts";
import { createMemoryBudget } from "../../server/memory.ts";
import { Connection, type ConnectionOptions } from "../../server/smtpd/connection.ts";
import { createSessionPolicies } from "../../server/smtpd/session-policy.ts";
import { controlHandler, explainFailure } from "../control.ts";
import { findDomainsElsewhere, proveSettings, requireProof } from "../proof.ts";
import { keepBlocklists } from "./blocklists.ts";
import { openAdmin } from "./admin.ts";
import { openServerCertificates } from "./certificates.ts";
import { createDelivery } from "./delivery.ts";
import { openHandOver } from "./hand-over.ts";
import type { ServeClient } from "./front.ts";
import { watchSharing } from "../../server/sharing/watch.ts";
import { createTurns } from "../../server/logins/turns.ts";
import { watchLogins } from "../../server/logins/watch-logins.ts";
import { openLogins } from "./logins.ts";
import { startProtection } from "./protection.ts";
import { createPop3 } from "./pop3.ts";
import { createPolicy, type Policy, type PolicyParts } from "./policy.ts";
import { startRoaming, withGrants } from "./roaming.ts";
import { planRoamingSources, RoamingSources } from "./roaming-sources.ts";
import { needsRestart } from "./reload.ts";
import { openServerStore } from "./store.ts";

export interface BackOptions {
  readonly settings: Settings;
  /** Reads and checks the configuration again; rejects with what is wrong with it. */
  readonly readSettings: () => Promise<Settings>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** Where other servers take mail: 25, but for tests. */
  readonly mxPort: number;
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

async function startOn(store: Store, options: BackOptions): Promise<Back> {
  const { settings, clock, log, random, mxPort } = options;
  const { now, elapsed } = clock;
  const roamingPlan = await planRoamingSources(settings);
  const lastIds = [await store.messages.lastId(), await store.decisions.lastSession()];
  const nextId = createIdSource({
    last: Math.max(...lastIds),
    now,
    node: store.sharing?.number ?? 0,
  });
  const decisions = new DecisionKeeper({
    store: store.decisions,
    settings: () => policy.settings.decisions,
    now,
    isShared: store.sharing !== undefined,
    log,
  });
  const blocklists = keepBlocklists(settings, clock, log);
  const protection = await startProtection(settings, { store, clock, log });
  const roamingSources = new RoamingSources({ clock, log });
  const roaming = await startRoaming(settings, {
    store,
    host: hostOf(store, settings),
    clock,
    log,
    inquiries: [roamingSources.inquiry],
    onOpened: (login) => roamingSources.note(login),
  });
  const parts: PolicyParts = {
    store,
    roaming,
    breaker: protection.breaker,
    blocklists,
    log,
    keep: (made) => decisions.note(made),
    approve: async (next, rules) => requireProof(await proveSettings(next, rules)),
    elapsed,
  };
  let policy = await createPolicy(settings, parts);
  let authorities = await openHandOver(settings);
  const certificates = await openServerCertificates(settings, log, now);
  const admin = await openAdmin(settings, {
    desk: roaming.grants,
    store,
    certificates,
    clock,
    log,
  });
  const openedLogins = await openLogins(settings, { store, log, now, elapsed });
  // One guard and one queue for all services: who guesses at one is known at the others.
  const watch = { guard: protection.guard, turns: createTurns(elapsed), log };
  const logins = watchLogins(openedLogins.of("smtp"), watch);
  const sessionsOf = ({ forSessions }: Policy) =>
    createSessionPolicies({ ...forSessions, certificates, logins });
  let sessionFor = sessionsOf(policy);
  const pop3 = createPop3({
    policy: () => policy,
    certificates,
    logins: watchLogins(openedLogins.of("pop3"), watch),
    mailboxes: createMailboxes(join(settings.data, "mail")),
    grants: roaming.grants,
    nextId,
    clock,
    log,
  });
  void warnOfDomains(policy, log);
  const queue = createDelivery({
    store,
    policy: () => policy,
    authorities: () => authorities,
    nextId,
    now,
    elapsed,
    random,
    onFailed: (login) => protection.breaker.countRefused(login, "there"),
    log,
    mxPort,
  });
  const intake: ConnectionOptions["intake"] = {
    hostname: settings.hostname,
    keeper: store.messages,
    budget: createMemoryBudget(settings.limits.memory),
    nextId,
    now,
    onKept(message, content) {
      if (protection.holds(message)) content?.release();
      else queue.take(message, content);
    },
    isFull: (error) => error instanceof StoreError && error.kind === "full",
    log,
  };

  async function reload(): Promise<readonly string[]> {
    const next = await options.readSettings();
    const nextAuthorities = await openHandOver(next);
    const renewAdmin = await admin.prepare(next);
    const nextRoamingPlan = await planRoamingSources(next);
    const before = policy;
    policy = await createPolicy(next, parts, before);
    authorities = nextAuthorities;
    sessionFor = sessionsOf(policy);
    blocklists.renew(next);
    protection.renew(next);
    await roaming.renew(next);
    renewAdmin();
    await roamingSources.renew(nextRoamingPlan);
    before.close();
    void warnOfDomains(policy, log);
    options.onReload?.(next);
    queue.poke();
    log.info({ event: "reloaded" }, "the new configuration is in place");
    return needsRestart(before.settings, next);
  }

  const storeOperations = createLocalOperations({
    store,
    domains: () => policy.settings.domains,
    now,
    newId: shortId,
    stops: protection.stops,
    onQueueChanged: () => queue.poke(),
    onDomainsChanged: () => policy.directory.refresh(),
  });
  const decisionOperations = createDecisionOperations({
    policy: async () => policy,
    kept: decisions,
    settings: () => policy.settings.decisions,
  });
  const control = await startControlServer(
    join(settings.data, "control.sock"),
    controlHandler({
      ...withGrants(storeOperations, {
        grants: () => roaming.grants,
        isOurs: (domain) => policy.directory.domain(domain) !== undefined,
        now,
      }),
      ...decisionOperations,
      ...protection.operations,
      ...createBlocklistOperations(() => blocklists.current, elapsed),
      reload,
    }),
    explainFailure,
  );
  queue.poke();
  decisions.start();
  roamingSources.start(roamingPlan, roaming.grants);
  const sharing =
    store.sharing &&
    watchSharing({
      sharing: store.sharing,
      refresh: {
        domains: () => policy.directory.refresh(),
        bans: () => protection.rereadBans(),
        stops: () => protection.rereadStops(),
        queue: async () => queue.poke(),
      },
      onOurs: () => queue.poke(),
      log,
    });

  return {
    serve(socket, client, listener) {
      const { role } = listener;
      if (role === "pop3") return pop3.serve(socket, client, listener);
      if (role === "admin") return admin.serve(socket, client, listener);
      return new Connection(
        socket,
        {
          id: nextId(),
          listener: listener.name,
          role,
          client,
        },
        {
          policy: sessionFor(listener, role, client),
          intake,
          commandTime: policy.settings.limits.commandTime,
          messageTime: policy.settings.limits.messageTime,
          elapsed,
        },
      );
    },
    reload,
    async stop(patience) {
      await control.close();
      admin.close();
      await pop3.settled(patience);
      await Promise.all([sharing?.stop(), queue.stop(patience)]);
      policy.close();
      blocklists.close();
      certificates.stop();
      // What is told of logins goes into the grants. Each of these may wait for a database that says
      // nothing.
      await roamingSources.close();
      await Promise.all([
        openedLogins.close(),
        protection.close(),
        roaming.close(),
        decisions.close(),
      ]);
      await store.close();
    },
  };
}

/** As whom this host keeps its grants. */
function hostOf({ sharing }: Store, { hostname }: Settings) {
  return { isShared: sharing !== undefined, node: sharing === undefined ? "" : hostname };
}

/** In the background: a DNS that is down, or slow, holds nothing up. */
async function warnOfDomains({ settings, resolver, ourselves }: Policy, log: Log): Promise<void> {
  for (const { kind, ...rest } of await findDomainsElsewhere(
    settings.domains,
    resolver,
    ourselves,
  )) {
    log.warn({ event: "policy-warning", kind }, formatFinding({ kind, ...rest }));
  }
}
