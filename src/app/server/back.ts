// Everything behind the listeners: store, policy, queue and the control socket.

import { join } from "node:path";
import type { ListenerSettings, Settings } from "../../core/config/settings.ts";
import { type IpAddress, prefixContains } from "../../core/mail/ip.ts";
import { createIdSource } from "../../core/queue/ids.ts";
import { startControlServer } from "../../io/control/server.ts";
import type { Clock } from "../../io/process/clock.ts";
import { StoreError } from "../../io/store/error.ts";
import { openStore } from "../../io/store/open.ts";
import type { Store } from "../../io/store/store.ts";
import { createLocalOperations } from "../../server/admin/local-operations.ts";
import type { Log } from "../../server/log.ts";
import { createMemoryBudget } from "../../server/memory.ts";
import type { Authorize } from "../../server/smtpd/authorize.ts";
import { Connection, type ConnectionOptions } from "../../server/smtpd/connection.ts";
import { controlHandler, explainFailure } from "../control.ts";
import { createDelivery } from "./delivery.ts";
import type { ServeClient } from "./front.ts";
import { createPolicy } from "./policy.ts";
import { needsRestart } from "./reload.ts";

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
  const store = await openStore({ path: join(options.settings.data, "store.db") });
  try {
    return await startOn(store, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Whether an address is that of a proxy, and so of nobody in particular. */
function isProxy({ proxies }: ListenerSettings, client: IpAddress): boolean {
  return proxies?.some((proxy) => prefixContains(proxy, client)) === true;
}

async function startOn(store: Store, options: BackOptions): Promise<Back> {
  const { settings, clock, log, random, mxPort } = options;
  const { now } = clock;
  const nextId = createIdSource(await store.messages.lastId(), now);
  let policy = await createPolicy(settings, store, log, clock.elapsed);
  const queue = createDelivery({
    store,
    policy: () => policy,
    nextId,
    now,
    elapsed: clock.elapsed,
    random,
    log,
    mxPort,
  });
  const intake: ConnectionOptions["intake"] = {
    hostname: settings.hostname,
    keeper: store.messages,
    budget: createMemoryBudget(settings.limits.memory),
    nextId,
    now,
    onKept: (message, content) => queue.take(message, content),
    isFull: (error) => error instanceof StoreError && error.kind === "full",
    log,
  };

  async function reload(): Promise<readonly string[]> {
    const next = await options.readSettings();
    const before = policy;
    policy = await createPolicy(next, store, log, clock.elapsed);
    before.resolver.close();
    options.onReload?.(next);
    queue.poke();
    log.info({ event: "reloaded" }, "the new configuration is in place");
    return needsRestart(before.settings, next);
  }

  const operations = createLocalOperations({
    store,
    domains: () => policy.settings.domains,
    now,
    onQueueChanged: () => queue.poke(),
    onDomainsChanged: () => policy.directory.refresh(),
  });
  const control = await startControlServer(
    join(settings.data, "control.sock"),
    controlHandler({ ...operations, reload }),
    explainFailure,
  );
  queue.poke();

  return {
    serve(socket, client, listener) {
      const authorize: Authorize = isProxy(listener, client)
        ? (question) => policy.authorizeStranger(question)
        : (question) => policy.authorize(question);
      return new Connection(
        socket,
        { id: nextId(), listener: listener.name, role: listener.role, client },
        {
          session: policy.session,
          authorize,
          intake,
          commandTime: policy.settings.limits.commandTime,
          messageTime: policy.settings.limits.messageTime,
          elapsed: clock.elapsed,
        },
      );
    },
    reload,
    async stop(patience) {
      await control.close();
      await queue.stop(patience);
      policy.resolver.close();
      await store.close();
    },
  };
}
