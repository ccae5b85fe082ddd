// Passwords stored as one plain digest, salted or not, as LDAP servers and Dovecot write them: the
// digest, with the salt behind it where there is one, in base64 or in hexadecimal digits (RFC 2307).

import { hash, timingSafeEqual } from "node:crypto";

type DigestAlgorithm = "md5" | "sha1" | "sha256" | "sha512";

export interface Digest {
  readonly kind: "digest";
  readonly algorithm: DigestAlgorithm;
  readonly digest: Buffer;
  readonly salt: Buffer;
}

interface Scheme {
  readonly algorithm: DigestAlgorithm;
  readonly salted: boolean;
}

const schemes: ReadonlyMap<string, Scheme> = new Map([
  ["MD5", { algorithm: "md5", salted: false }],
  ["PLAIN-MD5", { algorithm: "md5", salted: false }],
  ["LDAP-MD5", { algorithm: "md5", salted: false }],
  ["SMD5", { algorithm: "md5", salted: true }],
  ["SHA", { algorithm: "sha1", salted: false }],
  ["SHA1", { algorithm: "sha1", salted: false }],
  ["SSHA", { algorithm: "sha1", salted: true }],
  ["SHA256", { algorithm: "sha256", salted: false }],
  ["SSHA256", { algorithm: "sha256", salted: true }],
  ["SHA512", { algorithm: "sha512", salted: false }],
  ["SSHA512", { algorithm: "sha512", salted: true }],
]);

const lengths: Readonly<Record<DigestAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha512: 64,
};

/** Undefined where the scheme is no digest, or the text is not as long as the scheme says. */
export function readDigest(schemeName: string, text: string): Digest | undefined {
  const scheme = schemes.get(schemeName);
  if (scheme === undefined) return undefined;
  const { algorithm, salted } = scheme;
  const length = lengths[algorithm];
  const octets = decode(text, length);
  if (octets === undefined || octets.length < length) return undefined;
  if (!salted && octets.length > length) return undefined;
  return {
    kind: "digest",
    algorithm,
    digest: octets.subarray(0, length),
    salt: octets.subarray(length),
  };
}

function decode(text: string, length: number): Buffer | undefined {
  // Base64 of the digest is shorter than this, so whatever is as long in hexadecimal digits is that.
  if (text.length >= 2 * length && /^(?:[0-9a-f]{2})+$/i.test(text)) {
    return Buffer.from(text, "hex");
  }
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64") : undefined;
}

export function matchesDigest(password: Uint8Array, stored: Digest): boolean {
  const found = hash(stored.algorithm, Buffer.concat([password, stored.salt]), "buffer");
  return timingSafeEqual(found, stored.digest);
}
