// Wires the guard against those who guess, and the breaker for accounts that were taken over.

import { randomBytes } from "node:crypto";
import type { Settings } from "../../core/config/settings.ts";
import { BanLedger } from "../../core/guessing/ban-ledger.ts";
import { KnownAddresses } from "../../core/guessing/known-addresses.ts";
import { type Prefix, prefixContains, prefixCovers } from "../../core/mail/ip.ts";
import type { NewMessage } from "../../core/queue/message.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import type { Stops } from "../../server/admin/account-operations.ts";
import { createBanOperations } from "../../server/admin/ban-operations.ts";
import type { BanOperations } from "../../server/admin/operations.ts";
import { AccountBreaker } from "../../server/logins/account-breaker.ts";
import { heldHere } from "../../server/admin/held-here.ts";
import { BanKeeper } from "../../server/logins/ban-keeper.ts";
import { Guard, type GuardOptions } from "../../server/logins/guard.ts";
import type { Log } from "../../server/log.ts";

export interface Protection {
  readonly guard: Guard;
  readonly breaker: AccountBreaker;
  readonly operations: BanOperations;
  readonly stops: Stops;
  renew(settings: Settings): void;
  /** Reads again what other hosts may have changed in the store. */
  rereadBans(): Promise<void>;
  rereadStops(): Promise<void>;
  /** Whether a message that was just kept has to wait for the operator: then it is held. */
  holds(message: NewMessage): boolean;
  close(): Promise<void>;
}

interface ProtectionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reads what the store has of bans, known addresses and stopped accounts. */
export async function startProtection(
  first: Settings,
  parts: ProtectionParts,
): Promise<Protection> {
  const { store, clock, log } = parts;
  const { now } = clock;
  let settings = first;
  const ledger = new BanLedger(await store.bans.list());
  const known = new KnownAddresses(await store.bans.listKnown());
  const keeper = new BanKeeper({ store: store.bans, now, log });
  const guard = new Guard({
    ...guarding(settings),
    ledger,
    known,
    keeper,
    clock,
    secret: randomBytes(32),
    log,
  });
  const breaker = new AccountBreaker({
    bounds: settings.limits.breaker,
    stopped: await store.stops.list(),
    stops: store.stops,
    messages: store.messages,
    clock,
    log,
  });
  return {
    guard,
    breaker,
    operations: createBanOperations({
      ledger: () => ledger,
      async keep(change) {
        keeper.note(change);
        await heldHere(keeper.flush());
      },
      isAllowed: (prefix) => isExempt(settings, prefix),
      onLifted: (prefix) => guard.forgive(prefix),
      now,
    }),
    stops: breaker,
    renew(next) {
      settings = next;
      guard.renew(guarding(next));
      breaker.renew(next.limits.breaker);
    },
    async rereadBans() {
      await keeper.flush();
      const read = now();
      const lifted = ledger.renew(await store.bans.list(), read);
      for (const prefix of lifted) guard.forgive(prefix);
    },
    rereadStops: () => breaker.reread(),
    holds({ id, origin: { login } }) {
      if (login === undefined || breaker.told(login) === undefined) return false;
      store.messages.hold({ ids: [id] }).catch((error: unknown) => {
        log.error({ event: "account-hold-failed", account: login, error }, "mail was not held");
      });
      return true;
    },
    async close() {
      breaker.close();
      await keeper.close();
    },
  };
}

function guarding(settings: Settings): Pick<GuardOptions, "settings" | "isAllowed"> {
  const networks = allowed(settings);
  return {
    settings: settings.limits.guessing,
    isAllowed: (client) => networks.some((network) => prefixContains(network, client)),
  };
}

/** Whether no ban concerns any client in the prefix. */
export function isExempt(settings: Settings, prefix: Prefix): boolean {
  return allowed(settings).some((network) => prefixCovers(network, prefix));
}

/** A proxy's own address is nobody's in particular: a ban of it would be one of everybody. */
function allowed({ limits, listeners }: Settings): readonly Prefix[] {
  return [...limits.guessing.allow, ...listeners.flatMap(({ proxies }) => proxies ?? [])];
}
