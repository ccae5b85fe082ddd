// Limits over time on what a client sends, as the session's questions meet them.

import { createRateLimits, type RateLimits, type Rates } from "../../core/limits/rate-limits.ts";
import { type Subject, subjectsOf } from "../../core/limits/subject.ts";
import type { Counted } from "../../core/limits/words.ts";
import { accountKey } from "../../core/mail/account-key.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { isGranted } from "../../core/policy/rows.ts";
import type { Facts, Login, RelayRole } from "../../core/policy/request.ts";

/** Who sends, and what is known of him that has a say in whom it counts against. */
interface Standing {
  readonly role: RelayRole;
  readonly client: IpAddress;
  readonly login: Login | undefined;
  readonly access: Facts["access"];
  readonly grant: Facts["grant"];
}

export interface SendingLimits {
  /** Whom a recipient, and the message that goes to it, counts against. */
  countsAgainst(standing: Standing): readonly Subject[];
  /** The limit that one recipient or one message more would pass, in words. Takes nothing. */
  reached(subjects: readonly Subject[]): string | undefined;
  /** Counts one piece against all, or against none where a limit would be passed: then it says
   * which, in words. */
  take(what: Counted, subjects: readonly Subject[]): string | undefined;
  /** A recipient was refused for good. */
  refused(subjects: readonly Subject[]): void;
  readonly state: RateLimits;
}

/** What stops accounts that were taken over (logins/account-breaker.ts). Texts are for the client. */
export interface SendingBreaker {
  told(account: string): string | undefined;
  count(what: Counted, account: string): string | undefined;
  countRefused(account: string, where: "here"): void;
}

export interface SendingLimitOptions {
  readonly rates: Rates;
  /** Whether `relay.networks` lets the client relay. */
  readonly isTrusted: (client: IpAddress) => boolean;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Absent where nobody can log in. */
  readonly breaker?: SendingBreaker | undefined;
}

/** @param before the limits until now: those that have not changed go on with what is used. */
export function createSendingLimits(
  { rates, isTrusted, elapsed, breaker }: SendingLimitOptions,
  before?: SendingLimits,
): SendingLimits {
  const state = createRateLimits(rates, before?.state);
  const addressesCount = [rates.client, rates.network].some(
    ({ messages, recipients }) => messages !== undefined || recipients !== undefined,
  );
  return {
    state,
    countsAgainst({ role, client, login, access, grant }) {
      return subjectsOf({
        client,
        login: login?.account,
        grant: role === "mx" ? usedGrant(grant) : undefined,
        // Asked last, and only where it makes a difference.
        isExempt: !addressesCount || (role === "mx" && mayRelay(access)) || isTrusted(client),
      });
    },
    reached(subjects) {
      const account = breaker && accountIn(subjects);
      const stopped = account === undefined ? undefined : breaker?.told(account);
      return stopped ?? state.reached(["messages", "recipients"], subjects, elapsed());
    },
    take(what, subjects) {
      const limit = state.take(what, subjects, elapsed());
      const account = breaker && accountIn(subjects);
      if (limit !== undefined || account === undefined) return limit;
      return breaker?.count(what, account);
    },
    refused(subjects) {
      const account = breaker && accountIn(subjects);
      if (account !== undefined) breaker?.countRefused(account, "here");
    },
  };
}

/** Who sends under an account's name, logged in or under its grant, is counted as the account. */
function accountIn(subjects: readonly Subject[]): string | undefined {
  const found = subjects.find(({ account }) => account !== undefined)?.account;
  return found === undefined ? undefined : accountKey(found);
}

/** A grant that does not cover the sender is not used for this message. */
function usedGrant(grant: Facts["grant"]) {
  return grant.known && isGranted(grant.value) ? grant.value : undefined;
}

/** An address rule lets the client relay (RELAYCLIENT). */
function mayRelay(access: Facts["access"]): boolean {
  return access.known && access.value.access === "allow" && access.value.relay;
}
