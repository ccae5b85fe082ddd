// Listeners of the role `admin`: HTTP for the operator's programs, and for other servers that tell of
// logins.

import type { Socket } from "node:net";
import type { ListenerSettings, Settings } from "../../core/config/settings.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { HttpServer } from "../../io/http/server.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import type { Certificates } from "../../io/tls/certificates.ts";
import { metricsRefusal } from "../../server/admin/http/metrics.ts";
import { createAdminApp } from "../../server/admin/http/app.ts";
import type { RoamingDoor } from "../../server/admin/http/roaming.ts";
import { SharedSecret } from "../../server/admin/http/shared-secret.ts";
import type { GrantDesk } from "../../server/grants/grants.ts";
import { createToldLogins } from "../../server/grants/told-logins.ts";
import { ToldSessions } from "../../server/grants/told-sessions.ts";
import { metrics } from "../../server/metrics/declared/all.ts";
import type { HistoryReader } from "../../server/metrics/history.ts";
import type { MetricSources } from "../../server/metrics/metric.ts";
import { createExposition, type ExposeMetrics } from "../../server/metrics/registry.ts";
import type { Log } from "../../server/log.ts";
import { createRareLog } from "../../server/rare-log.ts";
import type { Watchers } from "../../server/watching/watchers.ts";
import type { Connection } from "../../server/reception.ts";
import { readRoamingSecret } from "../roaming-secret.ts";

export interface AdminListener {
  serve(socket: Socket, client: IpAddress, listener: ListenerSettings): Connection;
  /** Reads what a new configuration needs; the function that it resolves with puts it in place.
   * @throws {ConfigurationError} where its secret cannot be used. */
  prepare(settings: Settings): Promise<() => void>;
  close(): void;
}

export interface AdminParts {
  readonly desk: GrantDesk;
  readonly store: Store;
  readonly certificates: Certificates;
  /** This and the next are there once the server is. */
  readonly metricSources: () => MetricSources;
  readonly history: () => HistoryReader;
  readonly watchers: Watchers;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds within which Dovecot's events come in whatever order: they travel on several
 * connections. */
const settlingTime = 2_000;

/** @throws {ConfigurationError} where the secret of `relay.roaming.events` cannot be used. */
export async function openAdminListener(
  settings: Settings,
  parts: AdminParts,
): Promise<AdminListener> {
  const { desk, store, certificates, metricSources, clock, log } = parts;
  let door: RoamingDoor | undefined;
  let areMetricsOpen = false;
  let exposition: ExposeMetrics | undefined;
  const expose: ExposeMetrics = () => {
    exposition ??= createExposition(metrics, metricSources());
    return exposition();
  };
  const bounds = { settle: settlingTime };
  const dovecot = new ToldSessions({ source: "dovecot", desk, clock, bounds });
  const others = new ToldSessions({ source: "http", desk, clock });

  async function prepare({ relay, admin }: Settings): Promise<() => void> {
    const events = relay.roaming?.events;
    const secret = events && new SharedSecret(await readRoamingSecret(events));
    return () => {
      areMetricsOpen = admin.metrics === "open";
      door = secret && {
        secret,
        fromDovecot: createToldLogins(dovecot, events?.defaultDomain),
        fromOthers: createToldLogins(others, events?.defaultDomain),
      };
    };
  }

  function close(): void {
    dovecot.close();
    others.close();
  }

  try {
    (await prepare(settings))();
  } catch (error) {
    close();
    throw error;
  }
  const server = new HttpServer({
    handle: createAdminApp({
      hostname: settings.hostname,
      health: { askStore: () => store.messages.lastId() },
      metrics: { expose, refuse: (context) => metricsRefusal(context, areMetricsOpen) },
      roaming: { door: () => door, warn: createRareLog(log, clock.elapsed) },
    }),
    onError: (error) => log.error({ event: "http-failed", error }, "a request was not answered"),
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
