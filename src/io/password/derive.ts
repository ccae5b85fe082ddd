// PBKDF2 for logins of ours elsewhere (RFC 5802 §2.2). All connections to one host derive the same,
// which takes its time: what was derived lately is kept.

import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import type { Derivation } from "../../core/sasl/client/turn.ts";

const hashOctets = { sha1: 20, sha256: 32 } as const;
/** Derivations that are kept: about as many as there are hosts to log in to. */
const mostKept = 20;

export function createDerive(): (derivation: Derivation) => Promise<Uint8Array> {
  const kept = new Map<string, Promise<Uint8Array>>();
  return ({ hash, password, salt, iterations }) => {
    const key = JSON.stringify([hash, password, Buffer.from(salt).toString("hex"), iterations]);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const derived = promisify(pbkdf2)(password, salt, iterations, hashOctets[hash], hash);
    kept.set(key, derived);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return derived;
  };
}
