// Listeners of the role `admin`: pages for the operator, HTTP for the operator's programs, and for other
// servers that tell of logins.

import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { ListenerSettings, Settings } from "../../core/config/settings.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { HttpServer } from "../../io/http/server.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import type { Certificates } from "../../io/tls/certificates.ts";
import type { PasswordHashes } from "../../io/password/hashes.ts";
import { OperatorLogins } from "../../server/admin/access/operator-logins.ts";
import { PageSessions } from "../../server/admin/access/page-sessions.ts";
import { Tokens } from "../../server/admin/access/tokens.ts";
import type { OperationsFor } from "../../server/admin/act-for.ts";
import { createCredentialMaker } from "../../server/admin/acts/make-credentials.ts";
import { apiRoutes } from "../../server/admin/http/api.ts";
import { liveRoutes } from "../../server/admin/http/live-sessions.ts";
import { metricsRoutes } from "../../server/admin/http/metrics.ts";
import { createAdminApp } from "../../server/admin/http/app.ts";
import { createGate } from "../../server/admin/http/gate.ts";
import { loginRoutes } from "../../server/admin/http/login.ts";
import type { RoamingDoor } from "../../server/admin/http/roaming.ts";
import { SharedSecret } from "../../server/admin/http/shared-secret.ts";
import type { Changes } from "../../server/admin/page/live/changes.ts";
import { openPages } from "../../server/admin/page/pages.ts";
import type { GrantDesk } from "../../server/grants/grants.ts";
import { createToldLogins } from "../../server/grants/told-logins.ts";
import { ToldSessions } from "../../server/grants/told-sessions.ts";
import { metrics } from "../../server/metrics/declared/all.ts";
import type { MetricSources } from "../../server/metrics/metric.ts";
import { createExposition, type ExposeMetrics } from "../../server/metrics/registry.ts";
import type { Log } from "../../server/log.ts";
import type { Guard } from "../../server/logins/guard.ts";
import type { Turns } from "../../server/logins/turns.ts";
import { createRareLog } from "../../server/rare-log.ts";
import type { Watchers } from "../../server/watching/watchers.ts";
import type { Connection } from "../../server/reception.ts";
import { createPageView, type PageViewParts } from "./page-view.ts";
import { readRoamingSecret } from "../roaming-secret.ts";

export interface AdminListener {
  serve(socket: Socket, client: IpAddress, listener: ListenerSettings): Connection;
  /** Reads what a new configuration needs; the function that it resolves with puts it in place.
   * @throws {ConfigurationError} where its secret cannot be used. */
  prepare(settings: Settings): Promise<() => void>;
  close(): void;
}

export interface AdminParts extends PageViewParts {
  readonly desk: GrantDesk;
  readonly store: Store;
  readonly certificates: Certificates;
  /** What stands before every login, and checks its password. */
  readonly guard: Guard;
  readonly turns: Turns;
  readonly hashes: PasswordHashes;
  readonly operationsFor: OperationsFor;
  /** What pages that are open follow. */
  readonly changes: Changes;
  /** There once the server is. */
  readonly metricSources: () => MetricSources;
  readonly watchers: Watchers;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two times that figures on open pages are read anew. */
const beatEvery = 5_000;

/** Milliseconds within which Dovecot's events come in whatever order: they travel on several
 * connections. */
const settlingTime = 2_000;

/** @throws {ConfigurationError} where the secret of `relay.roaming.events` cannot be used. */
export async function openAdminListener(
  settings: Settings,
  parts: AdminParts,
): Promise<AdminListener> {
  const { desk, store, certificates, metricSources, watchers, changes, clock, log } = parts;
  let door: RoamingDoor | undefined;
  let hosts = hostsOf(settings);
  let areMetricsOpen = false;
  let exposition: ExposeMetrics | undefined;
  const expose: ExposeMetrics = () => {
    exposition ??= createExposition(metrics, metricSources());
    return exposition();
  };
  const bounds = { settle: settlingTime };
  const dovecot = new ToldSessions({ source: "dovecot", desk, clock, bounds });
  const others = new ToldSessions({ source: "http", desk, clock });

  async function prepare(next: Settings): Promise<() => void> {
    const events = next.relay.roaming?.events;
    const secret = events && new SharedSecret(await readRoamingSecret(events));
    return () => {
      hosts = hostsOf(next);
      areMetricsOpen = next.admin.metrics === "open";
      door = secret && {
        secret,
        fromDovecot: createToldLogins(dovecot, events?.defaultDomain),
        fromOthers: createToldLogins(others, events?.defaultDomain),
      };
    };
  }

  const beat = setInterval(() => changes.tell("now"), beatEvery).unref();

  function close(): void {
    clearInterval(beat);
    dovecot.close();
    others.close();
  }

  try {
    (await prepare(settings))();
  } catch (error) {
    close();
    throw error;
  }
  const warn = createRareLog(log, clock.elapsed);
  const sessions = new PageSessions(store.pageSessions, clock.now);
  const tokens = new Tokens(store.apiTokens, clock.now);
  const gate = createGate({ sessions, tokens, warn });
  const logins = new OperatorLogins({ ...parts, operators: store.operators });
  const { operationsFor } = parts;
  const makeCredentials = createCredentialMaker();
  const onError = (error: unknown): void =>
    log.error({ event: "http-failed", error }, "a request was not answered");
  const { hostname } = settings;
  const { now } = clock;
  const view = createPageView(parts);
  const pages = await openPages({
    hostname,
    operationsFor,
    view,
    changes,
    watchers,
    now,
    newKey,
    onError,
  });
  const { look } = pages;
  const server = new HttpServer({
    handle: createAdminApp({
      hosts: () => hosts,
      gate,
      health: { askStore: () => store.messages.lastId() },
      roaming: { door: () => door, warn },
      problems: pages.problems,
      routes: [
        ...loginRoutes({ sessions, logins, operationsFor, look }),
        ...pages.routes,
        ...apiRoutes({ operationsFor, tools: { makeCredentials, now: clock.now } }),
        ...metricsRoutes({
          expose,
          refuse: async (context) =>
            areMetricsOpen ? undefined : gate(context, { scope: "metrics" }),
        }),
        ...liveRoutes(watchers),
      ],
    }),
    onError,
    elapsed: clock.elapsed,
  });
  const tls = { certificates, protocol: "http/1.1", asksForCertificate: false } as const;
  return {
    serve: (socket, client, listener) =>
      server.serve(socket, client, listener.tls === "implicit" ? tls : undefined),
    prepare,
    close,
  };
}

function newKey(): string {
  return randomBytes(12).toString("base64url");
}

function hostsOf({ hostname, admin }: Settings): readonly string[] {
  return [hostname, ...admin.hosts];
}
