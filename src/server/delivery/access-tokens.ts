// The access token for a login: fetched when it is first needed, renewed before it expires, one fetch
// at a time; an authority that hands out none is left in peace for a while.

import type { IssuedToken } from "../../core/oauth/token-answer.ts";
import { bad, good, type Result } from "../../core/result.ts";

/** What the authority wants to see; equal texts are the same credentials. */
export interface Credentials {
  readonly clientSecret?: string;
  readonly refreshToken?: string;
}

export interface AccessTokenOptions {
  /** Read anew each time: a changed file needs no reload. */
  readonly credentials: () => Promise<Result<Credentials, string>>;
  readonly request: (credentials: Credentials) => Promise<Result<IssuedToken, string>>;
  /** Keeps a new refresh token in place of the old one; the problem is that it could not be. */
  readonly keep: (refreshToken: string) => Promise<Result<void, string>>;
  /** For the operator, once for each failure. */
  readonly onProblem: (text: string) => void;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

export interface CurrentToken {
  readonly token: string;
  /** Another one where the operator has changed the credentials: what was refused to the ones before
   * says nothing of these. */
  readonly credentials: string;
}

interface Held {
  readonly token: string;
  readonly renewAt: number;
  readonly until: number;
}

interface Pause {
  readonly credentials: Credentials;
  readonly why: string;
  readonly length: number;
  readonly until: number;
}

const minute = 60_000;
/** After the first failure; each further one doubles it. */
const firstPause = minute;
const longestPause = 30 * minute;
/** A token is not used in the last moments of its life: it still has to get there. */
const lastMoments = 30_000;
/** So long before its end, or a fifth of its life, it is renewed. */
const renewBefore = 5 * minute;

export class AccessTokens {
  readonly #options: AccessTokenOptions;
  #held: Held | undefined;
  #pause: Pause | undefined;
  #fetching: Promise<Result<void, string>> | undefined;
  /** As they are now, with a refresh token that we have got since. */
  #known: Credentials | undefined;
  #changes = 0;
  #rotations = 0;
  /** A refresh token that could not be kept, and the one in the file that it replaces. */
  #unkept: { readonly before: string | undefined; readonly token: string } | undefined;

  constructor(options: AccessTokenOptions) {
    this.#options = options;
  }

  /** The problem says why the mail waits. Never rejects. */
  async current(): Promise<Result<CurrentToken, string>> {
    const { elapsed } = this.#options;
    const credentials = await this.#readCredentials();
    if (!credentials.ok) return credentials;
    const pause = this.#pauseFor(credentials.value);
    const held = this.#usable();
    if (held !== undefined) {
      const isOld = elapsed() >= held.renewAt;
      if (isOld && pause === undefined) void this.#refresh(credentials.value);
      return good(this.#present(held));
    }
    if (pause !== undefined) return bad(sayPause(pause, elapsed()));
    const fetched = await this.#refresh(credentials.value);
    if (!fetched.ok) return fetched;
    const fresh = this.#usable();
    return fresh === undefined
      ? bad("the access token was refused as soon as it came")
      : good(this.#present(fresh));
  }

  /** A host did not take this token: the next one is a new one. */
  refused(token: string): void {
    if (this.#held?.token === token) this.#held = undefined;
  }

  #present({ token }: Held): CurrentToken {
    return { token, credentials: String(this.#changes) };
  }

  #usable(): Held | undefined {
    const held = this.#held;
    return held !== undefined && this.#options.elapsed() < held.until ? held : undefined;
  }

  #pauseFor(credentials: Credentials): Pause | undefined {
    const pause = this.#pause;
    if (pause === undefined || this.#options.elapsed() >= pause.until) return undefined;
    return areSame(pause.credentials, credentials) ? pause : undefined;
  }

  async #readCredentials(): Promise<Result<Credentials, string>> {
    const rotations = this.#rotations;
    const read = await this.#options.credentials();
    // What was read meanwhile may be what is being replaced.
    const isAmid = this.#fetching !== undefined || this.#rotations !== rotations;
    if (this.#known !== undefined && isAmid) return good(this.#known);
    if (!read.ok) return read;
    if (read.value.refreshToken !== this.#unkept?.before) this.#unkept = undefined;
    const { token: refreshToken } = this.#unkept ?? {};
    const credentials = refreshToken === undefined ? read.value : { ...read.value, refreshToken };
    if (this.#known !== undefined && !areSame(this.#known, credentials)) {
      this.#changes++;
      this.#held = undefined;
    }
    this.#known = credentials;
    return good(credentials);
  }

  /** All who need a token wait for one answer. */
  #refresh(credentials: Credentials): Promise<Result<void, string>> {
    this.#fetching ??= this.#fetch(credentials).finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  async #fetch(credentials: Credentials): Promise<Result<void, string>> {
    const { request, elapsed, onProblem } = this.#options;
    const issued = await request(credentials);
    const now = elapsed();
    if (!issued.ok) {
      this.#pause = pauseAfter(this.#pause, { credentials, why: issued.problem, now });
      onProblem(issued.problem);
      return issued;
    }
    this.#pause = undefined;
    const { token, lifetime, refreshToken } = issued.value;
    const until = now + lifetime - Math.min(lastMoments, lifetime / 4);
    this.#held = { token, until, renewAt: now + lifetime - Math.min(renewBefore, lifetime / 5) };
    if (refreshToken !== undefined && refreshToken !== credentials.refreshToken) {
      await this.#keepNew(credentials, refreshToken);
    }
    return good(undefined);
  }

  async #keepNew(credentials: Credentials, refreshToken: string): Promise<void> {
    const { keep, onProblem } = this.#options;
    this.#known = { ...credentials, refreshToken };
    this.#rotations++;
    const kept = await keep(refreshToken);
    if (kept.ok) {
      this.#unkept = undefined;
      return;
    }
    const before = this.#unkept?.before ?? credentials.refreshToken;
    this.#unkept = { before, token: refreshToken };
    onProblem(kept.problem);
  }
}

function pauseAfter(
  before: Pause | undefined,
  { credentials, why, now }: Pick<Pause, "credentials" | "why"> & { readonly now: number },
): Pause {
  const isAgain = before !== undefined && areSame(before.credentials, credentials);
  const length = isAgain ? Math.min(before.length * 2, longestPause) : firstPause;
  return { credentials, why, length, until: now + length };
}

function areSame(one: Credentials, other: Credentials): boolean {
  return one.clientSecret === other.clientSecret && one.refreshToken === other.refreshToken;
}

function sayPause({ why, until }: Pause, now: number): string {
  const minutes = Math.ceil((until - now) / minute);
  return `${why} (asked again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}, or when its secret changes)`;
}
