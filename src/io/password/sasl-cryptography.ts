// SASL's cryptography on Node's.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { SaslPorts } from "../../core/sasl/context.ts";

/** @param nonce see `SaslPorts`. */
export function saslCryptography(nonce: () => string): SaslPorts {
  return {
    digest: (hash, octets) => createHash(hash).update(octets).digest(),
    hmac: (hash, key, octets) => createHmac(hash, key).update(octets).digest(),
    equal: (one, other) => one.length === other.length && timingSafeEqual(one, other),
    nonce,
  };
}
