// Grants by id and by client, as many as memory is meant for them. Where room is needed, those go
// first that are over, the oldest of them at the head; where all are live, the newest is turned away:
// nobody's login pushes out another's. One account has room for so many, and pushes out its own.

import { clientKey } from "../limits/subject.ts";
import type { IpAddress } from "../mail/ip.ts";
import type { GrantRules } from "./grant.ts";
import { type HeldGrant, isLive } from "./held-grant.ts";

/** So many at one address are too many for those who may share one. */
const mostAtOneAddress = 100;
/** So many addresses are too many for an account, unless somebody else has its password. */
const mostOfAccount = 1_000;
/** The part of all that goes at once where room is needed. */
const roomShare = 0.02;
/** Milliseconds for which a full shelf is not searched again for room. */
const fullFor = 10_000;

type ClientKey = number | string;

const nothing: readonly HeldGrant[] = [];

export interface ShelfOptions {
  readonly rules: GrantRules;
  /** Grants at most. */
  readonly capacity: number;
  readonly onRemoved: (held: HeldGrant) => void;
}

export class GrantShelf {
  #rules: GrantRules;
  readonly #capacity: number;
  readonly #onRemoved: (held: HeldGrant) => void;
  readonly #grants = new Map<string, HeldGrant>();
  #clients = new Map<ClientKey, HeldGrant[]>();
  readonly #accounts = new Map<string, HeldGrant[]>();
  #fullUntil = -Infinity;

  constructor({ rules, capacity, onRemoved }: ShelfOptions) {
    this.#rules = rules;
    this.#capacity = capacity;
    this.#onRemoved = onRemoved;
  }

  get size(): number {
    return this.#grants.size;
  }

  all(): MapIterator<HeldGrant> {
    return this.#grants.values();
  }

  get(id: string): HeldGrant | undefined {
    return this.#grants.get(id);
  }

  /** Those that concern a client: of its address or, where the rules say so, of its network. */
  around(client: IpAddress): readonly HeldGrant[] {
    return this.#clients.get(this.#key(client)) ?? nothing;
  }

  renew(rules: GrantRules): void {
    const isSameKey = rules.ipv6 === this.#rules.ipv6;
    this.#rules = rules;
    if (isSameKey) return;
    this.#clients = new Map();
    for (const held of this.#grants.values()) this.#place(held);
  }

  /** Whether there was room. */
  add(held: HeldGrant, now: number): boolean {
    const around = this.around(held.client);
    const most = Math.max(mostAtOneAddress, 4 * (this.#rules.sharedAfter + 1));
    if (around.length >= most && !this.#makeRoom(around, 1, now)) return false;
    this.#makeRoomOfAccount(held.account, now);
    if (!this.#hasRoom(now)) return false;
    this.#grants.set(held.id, held);
    this.#place(held);
    if (held.account !== null) put(this.#accounts, held.account, held);
    return true;
  }

  remove(held: HeldGrant): void {
    if (!this.#grants.delete(held.id)) return;
    this.#onRemoved(held);
    take(this.#clients, this.#key(held.client), held);
    if (held.account !== null) take(this.#accounts, held.account, held);
  }

  #makeRoomOfAccount(account: string | null, now: number): void {
    const own = account === null ? undefined : this.#accounts.get(account);
    if (own === undefined || own.length < mostOfAccount) return;
    if (this.#makeRoom(own, 1, now)) return;
    const [oldest] = own.toSorted((one, other) => one.heardAt - other.heardAt);
    if (oldest !== undefined) this.remove(oldest);
  }

  #hasRoom(now: number): boolean {
    if (this.#grants.size < this.#capacity) return true;
    if (now < this.#fullUntil) return false;
    if (this.#makeRoom(this.all(), Math.ceil(this.#capacity * roomShare), now)) return true;
    this.#fullUntil = now + fullFor;
    return false;
  }

  #makeRoom(grants: Iterable<HeldGrant>, number: number, now: number): boolean {
    const over = [...grants]
      .filter((held) => !isLive(held, this.#rules, now))
      .toSorted((one, other) => one.heardAt - other.heardAt);
    for (const held of over.slice(0, number)) this.remove(held);
    return over.length > 0;
  }

  #place(held: HeldGrant): void {
    put(this.#clients, this.#key(held.client), held);
  }

  /** IPv4 as a small number: the map finds it without a look at any text. */
  #key(client: IpAddress): ClientKey {
    const { version, octets } = client;
    if (version === 6) return this.#rules.ipv6 === "network" ? clientKey(client) : octets.join(".");
    const [first = 0, second = 0, third = 0, fourth = 0] = octets;
    return (first << 24) | (second << 16) | (third << 8) | fourth;
  }
}

function put<Key>(map: Map<Key, HeldGrant[]>, key: Key, held: HeldGrant): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, [held]);
  else found.push(held);
}

function take<Key>(map: Map<Key, HeldGrant[]>, key: Key, held: HeldGrant): void {
  const left = map.get(key)?.filter((each) => each !== held) ?? [];
  if (left.length > 0) map.set(key, left);
  else map.delete(key);
}
