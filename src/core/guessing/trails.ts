// What each client has tried with each user name and found wrong: whether a password is a new guess,
// whether a name is a new one, and how much a good login forgives.

import { AgeList } from "../limits/age-list.ts";
import { clientKey, networkKey } from "../limits/subject.ts";
import type { IpAddress } from "../mail/ip.ts";

export interface Trail {
  readonly user: string;
  readonly client: string;
  readonly network: string;
  /** Of the last wrong passwords, keyed with a secret: they tell nobody anything. */
  readonly digests: readonly string[];
  /** Guesses in all. */
  readonly total: number;
  /** Guesses that still weigh at `at`; they lighten as allowances flow back. */
  readonly weight: number;
  /** Monotonic milliseconds of the first and the last try. */
  readonly since: number;
  readonly at: number;
  older: Trail | undefined;
  newer: Trail | undefined;
}

/** Milliseconds after the last try until a trail is cold. */
const coldAfter = 86_400_000;
/** Wrong passwords that are told apart: those of a user's forgotten devices. */
const mostDigests = 8;

export class Trails {
  readonly #trails = new Map<string, Trail>();
  readonly #byAge = new AgeList<Trail>();
  readonly #capacity: number;

  /** @param capacity trails that are remembered at most, each of some 500 octets. */
  constructor(capacity = 50_000) {
    this.#capacity = capacity;
  }

  /** @param now monotonic milliseconds */
  find(client: IpAddress, user: string, now: number): Trail | undefined {
    const trail = this.#trails.get(keyOf(clientKey(client), user));
    return trail === undefined || now - trail.at > coldAfter ? undefined : trail;
  }

  /** Notes a wrong login; `weight` is what it weighs, with what is left of those before. */
  note(client: IpAddress, user: string, wrong: Wrong): void {
    const { digest, weight, now } = wrong;
    const before = this.find(client, user, now);
    this.forget(client, user);
    const digests = (before?.digests ?? []).filter((each) => each !== digest);
    this.#add({
      user,
      client: clientKey(client),
      network: networkKey(client),
      digests: digest === undefined ? digests : [...digests, digest].slice(-mostDigests),
      total: (before?.total ?? 0) + (wrong.isGuess ? 1 : 0),
      weight,
      since: before?.since ?? now,
      at: now,
      older: undefined,
      newer: undefined,
    });
  }

  forget(client: IpAddress, user: string): void {
    const trail = this.#trails.get(keyOf(clientKey(client), user));
    if (trail !== undefined) this.#remove(trail);
  }

  /** Those that are in the area of a ban, as its evidence. */
  leadingTo(meant: (trail: Trail) => boolean): readonly Trail[] {
    return [...this.#trails.values()].filter(meant);
  }

  get size(): number {
    return this.#trails.size;
  }

  #add(trail: Trail): void {
    const { oldest } = this.#byAge;
    if (this.#trails.size >= this.#capacity && oldest !== undefined) this.#remove(oldest);
    this.#trails.set(keyOf(trail.client, trail.user), trail);
    this.#byAge.add(trail);
  }

  #remove(trail: Trail): void {
    this.#trails.delete(keyOf(trail.client, trail.user));
    this.#byAge.remove(trail);
  }
}

interface Wrong {
  readonly digest: string | undefined;
  readonly weight: number;
  /** Not the same wrong password as before. */
  readonly isGuess: boolean;
  /** Monotonic milliseconds. */
  readonly now: number;
}

function keyOf(client: string, user: string): string {
  return `${client} ${user}`;
}
