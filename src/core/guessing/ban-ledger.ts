// All bans, those too that are over: whoever comes back to guess is banned for longer.

import { type IpAddress, prefixAround, type Prefix } from "../mail/ip.ts";
import { type Ban, isInForce } from "./ban.ts";

/** Bans that are remembered; each takes about 1 KB. */
const capacity = 20_000;
/** Milliseconds after its end for which a ban is remembered. */
const rememberedFor = 30 * 86_400_000;

/** What a change leaves to be done in the store. */
export interface LedgerChange {
  readonly kept: readonly Ban[];
  readonly dropped: readonly Prefix[];
}

export class BanLedger {
  /** In the order in which they were imposed. */
  readonly #bans = new Map<string, Ban>();
  /** Lengths of the prefixes, and how many bans have them: so a look-up tries only these. */
  readonly #lengths = new Map<number, number>();

  constructor(bans: readonly Ban[] = []) {
    for (const ban of bans.toSorted((one, other) => one.since - other.since)) this.#put(ban);
  }

  /** The ban that keeps a client from logging in; the one that lasts longest. */
  find(client: IpAddress, utc: number): Ban | undefined {
    let found: Ban | undefined;
    for (const length of this.#lengths.keys()) {
      if (length > client.octets.length * 8) continue;
      const ban = this.#bans.get(keyOf(prefixAround(client, length)));
      if (ban === undefined || !isInForce(ban, utc)) continue;
      if (found === undefined || endOf(ban) > endOf(found)) found = ban;
    }
    return found;
  }

  /** The ban of exactly this client or network, in force or not. */
  get(prefix: Prefix): Ban | undefined {
    return this.#bans.get(keyOf(prefix));
  }

  /** In the order in which they were imposed. */
  list(): readonly Ban[] {
    return [...this.#bans.values()];
  }

  /** Takes the place of an earlier ban of the same prefix. */
  impose(ban: Ban): LedgerChange {
    this.#drop(ban.prefix);
    this.#put(ban);
    return { kept: [ban], dropped: this.#makeRoom(ban.since) };
  }

  /** Forgets a ban; false where there is none. */
  lift(prefix: Prefix): boolean {
    return this.#drop(prefix);
  }

  /**
   * Puts the bans of a store that others change in the place of those here; returns the prefixes
   * whose bans are no more.
   * @param read when they were read, UTC milliseconds: later ones are not among them yet
   */
  renew(bans: readonly Ban[], read: number): readonly Prefix[] {
    const before = this.list();
    this.#bans.clear();
    this.#lengths.clear();
    const later = before.filter(({ since }) => since >= read);
    const all = new Map([...bans, ...later].map((ban) => [keyOf(ban.prefix), ban]));
    for (const ban of [...all.values()].toSorted((one, other) => one.since - other.since)) {
      this.#put(ban);
    }
    return before.map(({ prefix }) => prefix).filter((prefix) => this.get(prefix) === undefined);
  }

  get size(): number {
    return this.#bans.size;
  }

  #put(ban: Ban): void {
    const { length } = ban.prefix;
    this.#bans.set(keyOf(ban.prefix), ban);
    this.#lengths.set(length, (this.#lengths.get(length) ?? 0) + 1);
  }

  #drop(prefix: Prefix): boolean {
    if (!this.#bans.delete(keyOf(prefix))) return false;
    const left = (this.#lengths.get(prefix.length) ?? 0) - 1;
    if (left > 0) this.#lengths.set(prefix.length, left);
    else this.#lengths.delete(prefix.length);
    return true;
  }

  /** Two for one that comes: those long over first, and only where there are too many, the oldest of
   * those that we imposed ourselves. */
  #makeRoom(utc: number): readonly Prefix[] {
    const dropped: Prefix[] = [];
    for (const { prefix, until, reason } of this.#bans.values()) {
      const isOld = until !== null && until + rememberedFor < utc;
      if (reason === "operator" && !isOld) continue;
      const isTooMany = this.#bans.size - dropped.length > capacity;
      if (dropped.length === 2 || !(isOld || isTooMany)) break;
      dropped.push(prefix);
    }
    for (const prefix of dropped) this.#drop(prefix);
    return dropped;
  }
}

function endOf({ until }: Ban): number {
  return until ?? Infinity;
}

function keyOf({ address, length }: Prefix): string {
  return `${address.octets.join(".")}/${length}`;
}
