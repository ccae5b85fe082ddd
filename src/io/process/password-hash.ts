// Password hashes: argon2id in the PHC string format (RFC 9106).

import { argon2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

const argon2Async = promisify(argon2);

/** 19 MiB, two passes, one lane: OWASP's floor for argon2id. Stored with each hash, so that it can
 * be raised without a loss. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 };

/** `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, salt and hash in base64 without padding. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await argon2Async("argon2id", {
    message: password.normalize("NFC"),
    nonce: salt,
    tagLength: 32,
    ...cost,
  });
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
}

function unpadded(octets: Buffer): string {
  return octets.toString("base64").replace(/=+$/, "");
}
