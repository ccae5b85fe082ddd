// A running server: the front that clients see, and the back that does the work.

import { findNetwork } from "../../core/policy/trusted.ts";
import type { BoundListener } from "../../io/net/listener.ts";
import { Counters } from "../../server/metrics/counters.ts";
import { prepareIdentity } from "../identity.ts";
import { type BackOptions, startBack } from "./back.ts";
import { openFront } from "./front.ts";

export interface RunningServer {
  readonly listeners: readonly BoundListener[];
  /** Puts a new configuration in place; a bad one rejects and changes nothing. Returns what cannot
   * change while the server runs. */
  reload(): Promise<readonly string[]>;
  /** Accepts nobody any more, lets sessions and deliveries finish within a bound, closes the
   * store. */
  stop(): Promise<void>;
}

/** What a server is started with. */
type StartOptions = Omit<BackOptions, "counters">;

/** Milliseconds that sessions, and after them deliveries, have to finish at a stop. */
const patience = 10_000;

/** Starts all of it, or nothing: the error says what to do. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { clock, log } = options;
  let { settings } = options;
  const counters = new Counters();
  const identity = await prepareIdentity(settings);
  // Bound while we may still be root; clients that come now wait until the store is open.
  const front = await openFront({
    listeners: settings.listeners,
    limits: () => settings.limits,
    isTrusted: (client) => findNetwork(settings.relay.networks, client) !== undefined,
    counters,
    clock,
    log,
  });
  try {
    identity.assume();
    const back = await startBack({
      ...options,
      counters,
      onReload: (next) => {
        settings = next;
      },
    });
    front.open(back.serve);
    return {
      listeners: front.listeners,
      reload: () => back.reload(),
      async stop() {
        await front.close(patience);
        await back.stop(patience);
      },
    };
  } catch (error) {
    await front.close(0);
    throw error;
  }
}
