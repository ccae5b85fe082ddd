// Logins with a token of an authority (RFC 7628): a JSON Web Token (RFC 7519) that it has signed.

import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { tokenAccount } from "../../core/login/token-account.ts";
import type { Address } from "../../core/mail/address.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { createIssuerKeys, type IssuerKeys } from "./issuer-keys.ts";

export interface TokenIssuer {
  /** Its URL, as its tokens write it. */
  readonly issuer: string;
  /** A token must be for one of these, by the names that the issuer knows us under. */
  readonly audience: readonly string[];
  /** Where its keys are; absent: where its `openid-configuration` says. */
  readonly jwksUri?: string;
  /** The claim that holds the account's address. */
  readonly accountClaim: string;
}

interface Clock {
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly monotonic: () => number;
}

interface TokenRequest {
  readonly token: string;
  /** Whom the token must be good for; undefined is whom it names itself. */
  readonly user: string | undefined;
}

/** `why` is for the log, and holds nothing of the token. */
type TokenOutcome =
  /** Whose token it is. Whether we have such an account is for others to say. */
  | { readonly result: "good"; readonly account: Address }
  | { readonly result: "refused"; readonly why: string }
  /** The issuer could not be asked. */
  | { readonly result: "temporary"; readonly why: string };

export interface TokenSource {
  /** Never rejects. */
  verify(request: TokenRequest): Promise<TokenOutcome>;
}

/** Those of public keys whose hash is not broken (RFC 7518 §3, RFC 8037, RFC 9864). With HMAC the public
 * key would be the secret (RFC 8725 §2.1), and `none` is no signature. */
const algorithms = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split(" ");

/** A token says what it is for (RFC 8725 §3.11): a notice of a logout, say, is signed with the same keys. */
const types = /^(?:application\/)?(?:at\+)?jwt$/i;

/** Characters of the longest token; those of large organizations have 4,000. */
const longest = 16_384;

/** Seconds by which the issuer's clock and ours may differ. */
const clockTolerance = 60;

interface Entry {
  readonly issuer: TokenIssuer;
  readonly keys: IssuerKeys;
}

export function createTokenSource(issuers: readonly TokenIssuer[], clock: Clock): TokenSource {
  const entries = new Map<string, Entry>(
    issuers.map((issuer) => {
      const { jwksUri, issuer: name } = issuer;
      const keys = createIssuerKeys({ issuer: name, jwksUri, now: clock.monotonic });
      return [name, { issuer, keys }];
    }),
  );

  return {
    async verify(request) {
      const opened = open(request.token);
      if (!opened.ok) return refused(opened.problem);
      // What it says of itself only chooses whose keys it is checked with.
      const entry = entries.get(opened.value.issuer);
      if (entry === undefined) return refused("the token is of no issuer that we know");
      const key = await entry.keys.find(opened.value.header);
      if (!key.ok) return key.problem;
      return check(request, entry.issuer, { key: key.value, now: clock.now() });
    },
  };
}

type Header = Parameters<IssuerKeys["find"]>[0];

/** What a token says of itself, unproven. What cannot be right makes nobody ask the issuer. */
function open(token: string): Result<{ readonly header: Header; readonly issuer: string }, string> {
  if (token.length > longest) return bad("the token is too long");
  try {
    const { alg, ...header } = decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    if (alg === undefined || !algorithms.includes(alg)) {
      return bad("the token's signature is of a kind that is not taken");
    }
    if (header.typ !== undefined && !types.test(header.typ)) {
      return bad("the token is for another purpose");
    }
    return good({ header: { ...header, alg }, issuer: iss ?? "" });
  } catch {
    return bad("the token is no JSON Web Token");
  }
}

type Key = Extract<Awaited<ReturnType<IssuerKeys["find"]>>, { readonly ok: true }>["value"];

async function check(
  { token, user }: TokenRequest,
  { issuer, audience, accountClaim }: TokenIssuer,
  { key, now }: { readonly key: Key; readonly now: number },
): Promise<TokenOutcome> {
  try {
    const { payload: claims } = await jwtVerify(token, key, {
      algorithms,
      issuer,
      audience: [...audience],
      clockTolerance,
      currentDate: new Date(now),
      requiredClaims: ["exp"],
    });
    const account = tokenAccount({ claims, accountClaim, user });
    return account.ok ? { result: "good", account: account.value } : refused(account.problem);
  } catch (error) {
    return refused(explain(error));
  }
}

function refused(why: string): TokenOutcome {
  return { result: "refused", why };
}

/** The library's own words may hold some of the token's. */
function explain(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "the token has expired";
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return "the token's signature is wrong";
  if (error instanceof errors.JWTClaimValidationFailed && checkedClaims.has(error.claim)) {
    return `the token's "${error.claim}" is not as it must be`;
  }
  return "the token is no good JSON Web Token";
}

/** Those that are checked (RFC 7519 §4.1). */
const checkedClaims: ReadonlySet<string> = new Set(["iss", "aud", "exp", "nbf", "iat"]);
