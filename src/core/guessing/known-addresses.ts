// From where users have logged in well lately. Whoever guesses at a user from elsewhere must not be
// able to lock the user out there.
//
// In bounded memory: a few addresses for each user, and so many users. Both are filled by good logins
// alone: who owns one account can make room among its own addresses, and nobody else's.

import type { IpAddress } from "../mail/ip.ts";
import { clientKey } from "../limits/subject.ts";

/** An address at which a user is known. */
export interface KnownAddress {
  readonly user: string;
  readonly client: IpAddress;
  /** The last good login that was noted, UTC milliseconds. */
  readonly lastGood: number;
}

type Noted = Omit<KnownAddress, "user">;

/** Milliseconds for which a good login counts. */
export const knownFor = 30 * 86_400_000;
/** Milliseconds after which another good login from the same place is worth noting. */
const noteEvery = 86_400_000;
const addressesOfUser = 10;
const mostUsers = 20_000;

export class KnownAddresses {
  /** Users and their addresses, each in the order of their last good login. */
  readonly #users = new Map<string, Map<string, Noted>>();
  /** How many users are known at a client. */
  readonly #residents = new Map<string, number>();

  constructor(known: readonly KnownAddress[] = []) {
    for (const each of known.toSorted((one, other) => one.lastGood - other.lastGood)) {
      this.#put(each);
    }
  }

  /** Whether the user has logged in well there in the last 30 days. */
  isKnown(client: IpAddress, user: string, utc: number): boolean {
    const noted = this.#users.get(user)?.get(clientKey(client));
    return noted !== undefined && utc - noted.lastGood < knownFor;
  }

  /** Whether anybody may be known there. */
  hasResidents(client: IpAddress): boolean {
    return this.#residents.has(clientKey(client));
  }

  /** After a good login; returns what should be kept of it, if it says anything new. */
  note(client: IpAddress, user: string, utc: number): KnownAddress | undefined {
    const before = this.#users.get(user)?.get(clientKey(client));
    const isFresh = before !== undefined && Math.abs(utc - before.lastGood) < noteEvery;
    const noted = { user, client, lastGood: isFresh ? before.lastGood : utc };
    this.#put(noted);
    return isFresh ? undefined : noted;
  }

  get size(): number {
    let size = 0;
    for (const addresses of this.#users.values()) size += addresses.size;
    return size;
  }

  #put({ user, client, lastGood }: KnownAddress): void {
    const key = clientKey(client);
    const addresses = this.#users.get(user) ?? new Map<string, Noted>();
    if (addresses.delete(key)) this.#leave(key);
    addresses.set(key, { client, lastGood });
    this.#residents.set(key, (this.#residents.get(key) ?? 0) + 1);
    this.#users.delete(user);
    this.#users.set(user, addresses);
    const [oldest] = addresses.keys();
    if (addresses.size > addressesOfUser && oldest !== undefined) {
      addresses.delete(oldest);
      this.#leave(oldest);
    }
    if (this.#users.size > mostUsers) this.#forgetOldestUser();
  }

  #forgetOldestUser(): void {
    const [oldest] = this.#users;
    if (oldest === undefined) return;
    const [user, addresses] = oldest;
    this.#users.delete(user);
    for (const key of addresses.keys()) this.#leave(key);
  }

  #leave(client: string): void {
    const left = (this.#residents.get(client) ?? 0) - 1;
    if (left > 0) this.#residents.set(client, left);
    else this.#residents.delete(client);
  }
}
