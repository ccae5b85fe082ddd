// What the tests of grants share: a clock that is set by hand, a log, a host.

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { RoamingSettings } from "../../core/config/settings.ts";
import type { MailboxLogin } from "../../core/grants/mailbox-login.ts";
import { type IpAddress, parseIp } from "../../core/mail/ip.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { GrantStore } from "../../io/store/grant-store.ts";
import { RoamingGrants } from "./roaming-grants.ts";

export const hour = 3_600_000;
export const ann = "ann@example.org";
export const bob = "bob@example.org";

export const usual: RoamingSettings = {
  lifetime: 3 * hour,
  senders: "own",
  sharedAfter: 4,
  ipv6: "address",
  exclude: [],
  logs: [],
};

export function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

export const home = ip("203.0.113.9");

export interface HandClock extends Clock {
  /** Time goes on. */
  pass(milliseconds: number): void;
  /** Somebody sets the clock. */
  set(milliseconds: number): void;
}

export function handClock(start = Date.UTC(2026, 10, 22)): HandClock {
  let passed = 0;
  let offset = start;
  return {
    now: () => offset + passed,
    elapsed: () => passed,
    pass(milliseconds) {
      passed += milliseconds;
    },
    set(milliseconds) {
      offset += milliseconds;
    },
  };
}

export interface HostOptions {
  readonly clock?: Clock;
  readonly roaming?: RoamingSettings | undefined;
  readonly node?: string;
  readonly isShared?: boolean;
  readonly said?: string[];
  readonly bars?: (client: IpAddress) => string | undefined;
}

/** A host with its grants, not started yet; closed after the test. */
export function hostOn(
  t: TestContext,
  store: GrantStore,
  options: HostOptions = {},
): RoamingGrants {
  const { clock = handClock(), node = "", isShared = false, said = [] } = options;
  const say = (_: object, text: string) => void said.push(text);
  let ids = 0;
  const grants = new RoamingGrants({
    store,
    isShared,
    node,
    policy: {
      roaming: "roaming" in options ? options.roaming : usual,
      bars: options.bars ?? (() => undefined),
    },
    newId: () => `${node}${clock.elapsed()}-${++ids}`,
    clock,
    log: { info: say, warn: say, error: say },
  });
  t.after(() => grants.close());
  return grants;
}

/** Who relays from there; or why that is not known, or that it is shared. */
export function liveAt(grants: RoamingGrants, client = home): readonly (string | null)[] | string {
  const standing = grants.standing(client);
  if (!standing.known) return standing.why;
  if (standing.value === undefined) return [];
  return standing.value.kind === "shared" ? "shared" : standing.value.live;
}

export function loginAt(clock: Clock, more: Partial<MailboxLogin> = {}): MailboxLogin {
  return { source: "dovecot", account: ann, client: home, at: clock.now(), ...more };
}
