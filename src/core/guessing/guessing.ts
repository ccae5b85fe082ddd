// Who may try to log in, how long the answer waits, and who is banned: all that is counted of wrong
// logins. docs/guessing.md says what each rule is for.
//
// An attempt takes its piece of each allowance before the credentials are checked, and gets it back
// if it was no guess. So those who try on many connections at once, or leave before the answer, win
// nothing by it. Bans and delays go by what was found to be a guess alone: many users behind one
// address, all logging in at once, look like nobody's guesses.

import type { Rate } from "../limits/bucket.ts";
import { clientBits, clientKey, networkBits, networkKey } from "../limits/subject.ts";
import { createLimitTable, type LimitTable } from "../limits/table.ts";
import { type IpAddress, type Prefix, prefixAround } from "../mail/ip.ts";
import type { BanReason, Evidence } from "./ban.ts";
import { delayAfter, leastForWrong } from "./delay.ts";
import { type Trail, Trails } from "./trails.ts";

/** How many guesses in how long; undefined: any number. */
export interface GuessingRates {
  /** Wrong logins of one client. */
  readonly client: Rate | undefined;
  /** Wrong logins of one network. */
  readonly network: Rate | undefined;
  /** User names that one client gets wrong. */
  readonly names: Rate | undefined;
  /** Wrong logins as one user, of all clients at which the user is not known. */
  readonly account: Rate | undefined;
  /** Wrong logins as one user of one client at which the user is known. */
  readonly known: Rate | undefined;
}

/** One login, named by whom it wants to be. */
export interface Login {
  readonly client: IpAddress;
  /** As names are compared: the same user is always the same text. */
  readonly user: string;
  /** The user has logged in well from there lately. */
  readonly isKnown: boolean;
}

export interface Outcome extends Login {
  /** "none": it came to no verdict about the credentials. */
  readonly result: "good" | "wrong" | "none";
  /** A keyed digest of a wrong password, where there was one to see. */
  readonly digest?: string | undefined;
}

export type Admission =
  | { readonly verdict: "go on" }
  /** Which allowance is used up. */
  | { readonly verdict: "refuse"; readonly why: keyof GuessingRates | "repeats" };

export interface Settled {
  /** Milliseconds that the answer waits. */
  readonly delayMs: number;
  /** Whom to ban for it. */
  readonly ban?: Suspect;
}

export interface Suspect {
  readonly prefix: Prefix;
  readonly reason: BanReason;
  readonly evidence: Omit<Evidence, "last">;
}

/** Clients, networks or users in one table: with all tables full, some 90 MB. */
const capacity = 50_000;
/** The same wrong password again is no guess, but its check is work. */
const repeatRate: Rate = { amount: 100, period: 600_000 };
/** Wrong logins as one user that weigh like one of a network's. */
const accountShare = 10;
const namesShown = 10;

interface Counter {
  readonly table: LimitTable | undefined;
  readonly key: string;
  readonly name: keyof GuessingRates;
}

export class Guessing {
  readonly #tables: Readonly<Record<keyof GuessingRates, LimitTable | undefined>>;
  readonly #found: Readonly<Record<"client" | "network", LimitTable | undefined>>;
  readonly #repeats = createLimitTable(repeatRate, capacity);
  readonly #trails = new Trails(capacity);
  /** Guesses that come back in a millisecond, in whichever allowance they come back fastest: what a
   * good login forgives is never more than what still counts anywhere. */
  readonly #flow: number;

  constructor(rates: GuessingRates) {
    this.#tables = {
      client: limitTable(rates.client),
      network: limitTable(rates.network),
      names: limitTable(rates.names),
      account: limitTable(rates.account),
      known: limitTable(rates.known),
    };
    this.#found = { client: limitTable(rates.client), network: limitTable(rates.network) };
    this.#flow = Math.max(...[rates.client, rates.network, rates.account].map(flowOf));
  }

  /** Before credentials are checked. Each that goes on must be settled; one that never is counts as
   * a guess. @param now monotonic milliseconds */
  admit(login: Login, now: number): Admission {
    const full = this.#charges(login).find(({ table, key }) => table?.hasRoom(key, now) === false);
    if (full !== undefined) return { verdict: "refuse", why: full.name };
    if (!this.#repeats.hasRoom(repeatKey(login), now)) return { verdict: "refuse", why: "repeats" };
    for (const { table, key } of this.#charges(login)) table?.take(key, now);
    return { verdict: "go on" };
  }

  /** What an admitted login came to. @param now monotonic milliseconds */
  settle(outcome: Outcome, now: number): Settled {
    switch (outcome.result) {
      case "none":
        this.#giveBack(outcome, 1, now);
        return { delayMs: 0 };
      case "good":
        return this.#good(outcome, now);
      case "wrong":
        return this.#wrong(outcome, now);
    }
  }

  /** Forgets what was counted of the clients in a prefix: its ban is lifted. */
  forgive(prefix: Prefix, now: number): void {
    const { address } = prefix;
    const { client, names, network } = this.#tables;
    for (const table of [client, this.#found.client, names, this.#repeats]) {
      table?.giveBack(clientKey(address), Infinity, now);
    }
    for (const table of [network, this.#found.network]) {
      table?.giveBack(networkKey(address), Infinity, now);
    }
  }

  /** Trails that are remembered, and the fullest table: bounded, whoever tries what. */
  get size(): number {
    const tables = Object.values(this.#tables).map((table) => table?.size ?? 0);
    return Math.max(this.#trails.size, this.#repeats.size, ...tables);
  }

  /** What a good login forgives is the guesses at the same user from the same client, and nothing
   * else: who owns one account cannot clear the way to others with it. */
  #good(login: Login, now: number): Settled {
    const { client, user, isKnown } = login;
    const delayMs = isKnown ? 0 : this.#delay(login, now);
    this.#giveBack(login, isKnown ? Infinity : 1, now);
    const trail = this.#trails.find(client, user, now);
    if (trail !== undefined) {
      const weight = this.#weightOf(trail, now);
      this.#giveBack({ ...login, isKnown: false }, weight, now);
      this.#found.client?.giveBack(clientKey(client), weight, now);
      this.#found.network?.giveBack(networkKey(client), weight, now);
      const name = left({ weight: 1, at: trail.since }, flowOf(this.#tables.names?.rate), now);
      this.#tables.names?.giveBack(clientKey(client), name, now);
      this.#trails.forget(client, user);
    }
    return { delayMs };
  }

  #wrong(outcome: Outcome, now: number): Settled {
    const { client, user, isKnown, digest } = outcome;
    const trail = this.#trails.find(client, user, now);
    const isGuess = digest === undefined || trail?.digests.includes(digest) !== true;
    const before = this.#weightOf(trail, now);
    const delayMs = Math.max(leastForWrong, this.#delay(outcome, now));
    this.#trails.note(client, user, {
      digest,
      weight: isGuess && !isKnown ? before + 1 : before,
      isGuess,
      now,
    });
    if (!isGuess) {
      this.#repeats.take(repeatKey(outcome), now);
      this.#giveBack(outcome, 1, now);
    }
    if (!isGuess || isKnown) return { delayMs };
    this.#found.client?.take(clientKey(client), now);
    this.#found.network?.take(networkKey(client), now);
    if (trail === undefined) this.#tables.names?.take(clientKey(client), now);
    const ban = this.#suspect(client, now);
    return { delayMs, ...(ban && { ban }) };
  }

  /** By the guesses before this one: the same for a right and a wrong password, so that nobody need
   * wait to tell them apart. */
  #delay(login: Login, now: number): number {
    const { known, account } = this.#tables;
    if (login.isKnown) return delayAfter(Math.max(0, (known?.used(pairKey(login), now) ?? 0) - 1));
    const ofNetwork = this.#found.network?.used(networkKey(login.client), now) ?? 0;
    const ofAccount = account?.used(login.user, now) ?? 0;
    return delayAfter(Math.max(ofNetwork, Math.floor(ofAccount / accountShare)));
  }

  #charges(login: Login): readonly Counter[] {
    const { client, user, isKnown } = login;
    const charge = (name: keyof GuessingRates, key: string) => ({
      table: this.#tables[name],
      key,
      name,
    });
    if (isKnown) return [charge("known", pairKey(login))];
    return [
      charge("client", clientKey(client)),
      charge("network", networkKey(client)),
      charge("account", user),
    ];
  }

  #giveBack(login: Login, pieces: number, now: number): void {
    for (const { table, key } of this.#charges(login)) table?.giveBack(key, pieces, now);
  }

  #weightOf(trail: Trail | undefined, now: number): number {
    return trail === undefined ? 0 : left(trail, this.#flow, now);
  }

  #suspect(client: IpAddress, now: number): Suspect | undefined {
    const reason = this.#reasonToBan(client, now);
    if (reason === undefined) return undefined;
    const bits = reason === "network" ? networkBits : clientBits;
    return {
      prefix: prefixAround(client, bits[client.version]),
      reason,
      evidence: this.#evidence(client, reason),
    };
  }

  #reasonToBan(client: IpAddress, now: number): BanReason | undefined {
    const { client: clients, network } = this.#found;
    const { names } = this.#tables;
    if (network?.hasRoom(networkKey(client), now) === false) return "network";
    if (names?.hasRoom(clientKey(client), now) === false) return "names";
    return clients?.hasRoom(clientKey(client), now) === false ? "guesses" : undefined;
  }

  #evidence(client: IpAddress, reason: BanReason): Suspect["evidence"] {
    const trails = this.#trails.leadingTo((trail) =>
      reason === "network"
        ? trail.network === networkKey(client)
        : trail.client === clientKey(client),
    );
    return {
      guesses: trails.reduce((sum, { total }) => sum + total, 0),
      names: [...new Set(trails.map(({ user }) => user.slice(0, 64)))].slice(-namesShown),
    };
  }
}

function limitTable(rate: Rate | undefined): LimitTable | undefined {
  return rate && createLimitTable(rate, capacity);
}

/** Pieces in a millisecond. */
function flowOf(rate: Rate | undefined): number {
  return rate === undefined ? 0 : rate.amount / rate.period;
}

function left(trail: Pick<Trail, "weight" | "at">, flow: number, now: number): number {
  return Math.max(0, trail.weight - Math.max(0, now - trail.at) * flow);
}

/** A stranger who repeats himself takes nothing from those who are known at the same address. */
function repeatKey(login: Login): string {
  return login.isKnown ? pairKey(login) : clientKey(login.client);
}

function pairKey({ client, user }: Login): string {
  return `${clientKey(client)} ${user}`;
}
