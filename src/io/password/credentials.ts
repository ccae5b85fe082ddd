// What is kept of a password: made here and nowhere else, so that each way to log in knows the same
// password by the same name.

import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { bad, good, type Result } from "../../core/result.ts";
import { saslPrep } from "../../core/sasl/prepare.ts";
import { makeScramKeys, type ScramHash } from "../../core/sasl/scram/keys.ts";
import { hashPassword } from "../process/password-hash.ts";
import type { Credentials } from "../store/account-store.ts";
import { digestOctets, formatScramKeys } from "./scram-text.ts";

/**
 * What new SCRAM keys are made with; users who do not exist must show the same. The client does the
 * iterations at each login: 32,768 are 4 MB of hashing, nothing for a telephone and a fraction of a
 * second for a printer, eight times what RFC 7677 §4 asks for, and not so many that clients with a
 * bound of their own refuse them. More would help against guesses from a stolen table alone, where
 * these keys are the cheaper thing to try beside Argon2.
 */
export const scramCost = { iterations: 32_768, saltOctets: 16 } as const;

const derive = promisify(pbkdf2);

/** The problem is a sentence for whoever chose the password. */
export async function makeCredentials(password: string): Promise<Result<Credentials, string>> {
  const prepared = saslPrep(password);
  if (prepared === undefined) {
    return bad(
      "the password has characters that cannot be typed everywhere, such as control characters, " +
        "or mixes writing from left to right and from right to left (RFC 4013); choose another one",
    );
  }
  const hash = await hashPassword(prepared);
  const sha256 = await scramText("sha256", prepared);
  const sha1 = await scramText("sha1", prepared);
  return good({ password: hash, scram: { sha256, sha1 } });
}

async function scramText(hash: ScramHash, prepared: string): Promise<string> {
  const { iterations, saltOctets } = scramCost;
  const salt = randomBytes(saltOctets);
  const salted = await derive(prepared, salt, iterations, digestOctets[hash], hash);
  return formatScramKeys(hash, makeScramKeys(ports, hash, { salted, salt, iterations }));
}

const ports: Parameters<typeof makeScramKeys>[0] = {
  digest: (hash, octets) => createHash(hash).update(octets).digest(),
  hmac: (hash, key, octets) => createHmac(hash, key).update(octets).digest(),
};
