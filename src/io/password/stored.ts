// What a table of passwords holds: which kind of hash it is, and whether we would compute it.

import { type Argon2Hash, readArgon2Hash } from "./argon2.ts";
import { type CryptHash, readCryptHash } from "./crypt/crypt.ts";
import { type Digest, readDigest } from "./digest.ts";

export type StoredPassword =
  | CryptHash
  | Argon2Hash
  | Digest
  | { readonly kind: "clear"; readonly password: string }
  /** Nobody can log in with it; `why` is for the operator. */
  | { readonly kind: "unusable"; readonly why: string };

/** Rounds of `$5$` and `$6$` that we compute: two to three seconds of one core. passlib writes
 * 656,000 by default, others 5,000; the format allows 999,999,999, which would take an hour. */
const mostRounds = 1_000_000;

/** KiB of memory and KiB times passes that we spend on one Argon2 hash. */
const mostMemory = 262_144;
const mostWork = 1_048_576;

/**
 * Reads a stored password. With a `{SCHEME}` in front it is what Dovecot means by that (whatever
 * case); without one it is what crypt(3) wrote, or Argon2. Anything else (empty, `*`, `!`, `x`) is
 * an account that nobody logs in to: never a password in clear.
 */
export function readStoredPassword(text: string): StoredPassword {
  const [, scheme, rest = ""] = /^\{([^{}]{1,32})\}(.*)$/s.exec(text) ?? [];
  if (scheme === undefined) return affordable(readHash(text)) ?? unusable(describe(text));
  const name = scheme.toUpperCase();
  if (name === "PLAIN" || name === "CLEAR" || name === "CLEARTEXT") {
    return rest === "" ? unusable("it is empty") : { kind: "clear", password: rest };
  }
  const stored = readHash(rest) ?? readDigest(name, rest);
  return affordable(stored) ?? unusable(`it is a {${scheme}} that is not understood here`);
}

/** vpopmail passes what stands behind a scheme to crypt(3), whatever the scheme is called; `$1$…`
 * under `{MD5}` is what Dovecot makes of it too. */
function readHash(text: string): CryptHash | Argon2Hash | undefined {
  return readCryptHash(text) ?? readArgon2Hash(text);
}

function affordable(stored: CryptHash | Argon2Hash | Digest | undefined) {
  if (stored === undefined) return undefined;
  if ("rounds" in stored && stored.rounds > mostRounds) {
    return unusable(`it has ${stored.rounds} rounds, and at most ${mostRounds} are computed here`);
  }
  if ("memory" in stored && !isAffordable(stored)) {
    const { memory, passes } = stored;
    return unusable(`its ${memory} KiB and ${passes} passes are more than is computed here`);
  }
  return stored;
}

function isAffordable({ memory, passes, parallelism }: Argon2Hash): boolean {
  return memory <= mostMemory && memory * passes <= mostWork && parallelism <= 16;
}

function describe(text: string): string {
  if (text === "") return "there is none";
  return text.startsWith("$2") ? "bcrypt is not understood here" : "it is no hash known here";
}

function unusable(why: string): StoredPassword {
  return { kind: "unusable", why };
}
