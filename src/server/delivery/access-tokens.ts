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

export interface AccessTokens {
  /** The problem says why the mail waits. Never rejects. */
  current(): Promise<Result<CurrentToken, string>>;
  /** A host did not take this token: the next one is a new one. */
  refused(token: string): void;
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

export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { elapsed, onProblem } = options;
  let held: Held | undefined;
  let pause: Pause | undefined;
  let fetching: Promise<Result<void, string>> | undefined;
  /** As they are now, with a refresh token that we have got since. */
  let known: Credentials | undefined;
  let changes = 0;
  let rotations = 0;
  /** A refresh token that could not be kept, and the one in the file that it replaces. */
  let unkept: { readonly before: string | undefined; readonly token: string } | undefined;

  async function readCredentials(): Promise<Result<Credentials, string>> {
    const before = rotations;
    const read = await options.credentials();
    // What was read meanwhile may be what is being replaced.
    if (known !== undefined && (fetching !== undefined || rotations !== before)) return good(known);
    if (!read.ok) return read;
    const isReplaced = unkept !== undefined && read.value.refreshToken === unkept.before;
    const credentials = isReplaced ? { ...read.value, refreshToken: unkept!.token } : read.value;
    if (!isReplaced) unkept = undefined;
    if (known !== undefined && !areSame(known, credentials)) {
      changes++;
      held = undefined;
    }
    known = credentials;
    return good(credentials);
  }

  async function fetch(credentials: Credentials): Promise<Result<void, string>> {
    const issued = await options.request(credentials);
    const now = elapsed();
    if (!issued.ok) {
      const isAgain = pause !== undefined && areSame(pause.credentials, credentials);
      const length = isAgain ? Math.min(pause!.length * 2, longestPause) : firstPause;
      pause = { credentials, why: issued.problem, length, until: now + length };
      onProblem(issued.problem);
      return issued;
    }
    pause = undefined;
    const { token, lifetime, refreshToken } = issued.value;
    const until = now + lifetime - Math.min(lastMoments, lifetime / 4);
    held = { token, until, renewAt: now + lifetime - Math.min(renewBefore, lifetime / 5) };
    if (refreshToken !== undefined && refreshToken !== credentials.refreshToken) {
      await keepNew(credentials, refreshToken);
    }
    return good(undefined);
  }

  async function keepNew(credentials: Credentials, refreshToken: string): Promise<void> {
    known = { ...credentials, refreshToken };
    rotations++;
    const kept = await options.keep(refreshToken);
    if (kept.ok) {
      unkept = undefined;
      return;
    }
    unkept = { before: unkept?.before ?? credentials.refreshToken, token: refreshToken };
    onProblem(kept.problem);
  }

  /** All who need a token wait for one answer. */
  function refresh(credentials: Credentials): Promise<Result<void, string>> {
    fetching ??= fetch(credentials).finally(() => (fetching = undefined));
    return fetching;
  }

  function isPausedFor(credentials: Credentials): boolean {
    return (
      pause !== undefined && elapsed() < pause.until && areSame(pause.credentials, credentials)
    );
  }

  return {
    async current() {
      const credentials = await readCredentials();
      if (!credentials.ok) return credentials;
      const isUsable = held !== undefined && elapsed() < held.until;
      const mayAsk = !isPausedFor(credentials.value);
      if (isUsable) {
        if (mayAsk && elapsed() >= held!.renewAt) void refresh(credentials.value);
        return good({ token: held!.token, credentials: String(changes) });
      }
      if (!mayAsk) return bad(sayPause(pause!, elapsed()));
      const fetched = await refresh(credentials.value);
      if (!fetched.ok) return fetched;
      if (held === undefined) return bad("the access token was refused as soon as it came");
      return good({ token: held.token, credentials: String(changes) });
    },
    refused(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

function areSame(one: Credentials, other: Credentials): boolean {
  return one.clientSecret === other.clientSecret && one.refreshToken === other.refreshToken;
}

function sayPause({ why, until }: Pause, now: number): string {
  const minutes = Math.ceil((until - now) / minute);
  return `${why} (asked again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}, or when its secret changes)`;
}
