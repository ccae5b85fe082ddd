// The keys that an issuer signs its tokens with (RFC 7517), fetched from it and kept for a while.

import { type CryptoKey, createLocalJWKSet, errors, type JWTHeaderParameters } from "jose";
import { bad, good, type Result } from "../../core/result.ts";
import { fetchJson } from "./fetch-json.ts";

interface IssuerKeysOptions {
  /** As its tokens write it. */
  readonly issuer: string;
  /** Where its keys are; absent: where its `openid-configuration` says. */
  readonly jwksUri: string | undefined;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

type KeyFailure =
  | { readonly result: "refused"; readonly why: string }
  | { readonly result: "temporary"; readonly why: string };

export interface IssuerKeys {
  /** The one key that a token with this header was signed with, if the issuer has it. Never rejects. */
  find(header: JWTHeaderParameters): Promise<Result<CryptoKey, KeyFailure>>;
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** Milliseconds after which keys are fetched again: a key that the issuer withdraws counts so long. */
const freshFor = 600_000;
/** So long they count while the issuer does not answer: its users go on logging in meanwhile. */
const usableFor = 3_600_000;
/** The issuer is not asked more often than this, whoever sends whatever tokens. */
const askedEvery = 30_000;
/** For one round of asking. */
const patience = 5_000;

export function createIssuerKeys({ issuer, jwksUri, now }: IssuerKeysOptions): IssuerKeys {
  let held: { readonly keys: KeySet; readonly at: number } | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  /** What went wrong the last time. */
  let failure: string | undefined;

  async function ask(): Promise<void> {
    askedAt = now();
    const keys = await fetchKeys(issuer, jwksUri);
    failure = keys.ok ? undefined : keys.problem;
    if (keys.ok) held = { keys: keys.value, at: now() };
  }

  /** All who need newer keys wait for one answer. */
  async function refresh(): Promise<void> {
    if (asking === undefined && now() - askedAt < askedEvery) return;
    asking ??= ask().finally(() => (asking = undefined));
    await asking;
  }

  function age(): number {
    return held === undefined ? Number.POSITIVE_INFINITY : now() - held.at;
  }

  return {
    async find(header) {
      if (age() >= freshFor) await refresh();
      const found = await search(held?.keys, header);
      const isThere = found !== "unknown" && age() < usableFor;
      if (isThere) return found;
      await refresh();
      const again = age() < usableFor ? await search(held?.keys, header) : "unknown";
      if (again !== "unknown") return again;
      // It may have the key: who cannot be asked has not said no.
      if (failure !== undefined) return bad({ result: "temporary", why: failure });
      return bad({ result: "refused", why: "its issuer has no such key" });
    },
  };
}

async function search(
  keys: KeySet | undefined,
  header: JWTHeaderParameters,
): Promise<Result<CryptoKey, KeyFailure> | "unknown"> {
  if (keys === undefined) return "unknown";
  try {
    return good(await keys(header));
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return "unknown";
    // Several that fit: which one is not for us to try out. Or one that is no key.
    return bad({ result: "refused", why: "its key is not one good key of its issuer" });
  }
}

async function fetchKeys(
  issuer: string,
  jwksUri: string | undefined,
): Promise<Result<KeySet, string>> {
  const signal = AbortSignal.timeout(patience);
  const place = jwksUri === undefined ? await discover(issuer, signal) : good(jwksUri);
  if (!place.ok) return place;
  const found = await fetchJson(place.value, signal);
  if (!found.ok) return found;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it throws where it is none
    return good(createLocalJWKSet(found.value as Parameters<typeof createLocalJWKSet>[0]));
  } catch {
    return bad(`${place.value} holds no set of keys (RFC 7517 §5)`);
  }
}

/** OpenID Connect Discovery §4. */
async function discover(issuer: string, signal: AbortSignal): Promise<Result<string, string>> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const found = await fetchJson(url, signal);
  if (!found.ok) return found;
  const metadata = found.value;
  if (typeof metadata !== "object" || metadata === null) return bad(`${url} is no JSON object`);
  // Another one's would lend it our trust (§4.3).
  if (Reflect.get(metadata, "issuer") !== issuer) {
    return bad(`${url} is about another issuer; write the configured one as it stands there`);
  }
  const jwksUri: unknown = Reflect.get(metadata, "jwks_uri");
  return typeof jwksUri === "string" ? good(jwksUri) : bad(`${url} names no jwks_uri`);
}
