// The arithmetic of SCRAM (RFC 5802 §3).

import type { SaslPorts } from "../context.ts";
import { encodeText } from "../text.ts";

export type ScramHash = "sha1" | "sha256";

/** What is stored of a password. It checks a login, and logs nobody in. */
export interface ScramKeys {
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

type Hashing = Pick<SaslPorts, "digest" | "hmac">;

interface SaltedPassword {
  /** PBKDF2 of the prepared password, as long as the hash. */
  readonly salted: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

export function makeScramKeys(
  ports: Hashing,
  hash: ScramHash,
  { salted, salt, iterations }: SaltedPassword,
): ScramKeys {
  const clientKey = clientKeyOf(ports, hash, salted);
  const serverKey = serverKeyOf(ports, hash, salted);
  return { storedKey: ports.digest(hash, clientKey), serverKey, salt, iterations };
}

export function clientKeyOf(ports: Hashing, hash: ScramHash, salted: Uint8Array): Uint8Array {
  return ports.hmac(hash, salted, encodeText("Client Key"));
}

export function serverKeyOf(ports: Hashing, hash: ScramHash, salted: Uint8Array): Uint8Array {
  return ports.hmac(hash, salted, encodeText("Server Key"));
}

export interface Proof {
  readonly hash: ScramHash;
  readonly keys: ScramKeys;
  /** All that was said until the proof. */
  readonly said: Uint8Array;
  readonly proof: Uint8Array;
}

/** Whether the client knows the password. */
export function isGoodProof(ports: SaslPorts, { hash, keys, said, proof }: Proof): boolean {
  const signature = ports.hmac(hash, keys.storedKey, said);
  if (signature.length !== proof.length) return false;
  const clientKey = signature.map((octet, at) => octet ^ (proof[at] ?? 0));
  return ports.equal(ports.digest(hash, clientKey), keys.storedKey);
}
