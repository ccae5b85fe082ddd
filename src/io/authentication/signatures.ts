// The arithmetic of signatures: hashes, and whether a signature fits to a key.

import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { errorText } from "../../core/error-text.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { DkimKey } from "../../core/authentication/dkim/key.ts";
import type { Signature } from "../../core/authentication/dkim/signature.ts";

export interface Digest {
  take(octets: Uint8Array): void;
  /** In base64; once. */
  finish(): string;
}

export function createDigest(): Digest {
  const hash = createHash("sha256");
  return {
    take: (octets) => void hash.update(octets),
    finish: () => hash.digest("base64"),
  };
}

/** RFC 8301 §3.2: shorter keys are no longer safe. */
const shortestKey = 1024;
/** Longer ones cost more than any message is worth. */
const longestKey = 8192;
/** The exponent in use is 65537. One as long as the key takes as long as signing does. */
const largestExponent = 0xffff_ffffn;

export type KeyProblem = { readonly result: "permerror" | "policy"; readonly why: string };

/** Whether the signature is of that text by that key. The problem is the key's.
 * @param text what is signed */
export function checkSignature(
  { algorithm, value }: Pick<Signature, "algorithm" | "value">,
  key: DkimKey,
  text: Uint8Array,
): Result<boolean, KeyProblem> {
  if (algorithm !== `${key.type}-sha256`) {
    return bad({ result: "permerror", why: "the key is for another algorithm" });
  }
  const read = readPublicKey(key);
  if (!read.ok) return read;
  const signature = Buffer.from(value, "base64");
  try {
    if (key.type === "rsa") return good(verify("RSA-SHA256", text, read.value, signature));
    // RFC 8463 §3: what is signed is the hash.
    const hash = createHash("sha256").update(text).digest();
    return good(verify(null, hash, read.value, signature));
  } catch (error) {
    return bad({ result: "permerror", why: errorText(error) });
  }
}

function readPublicKey({ type, key }: DkimKey): Result<KeyObject, KeyProblem> {
  try {
    const found = type === "rsa" ? readRsaKey(key) : readEd25519Key(key);
    const { modulusLength: bits = shortestKey, publicExponent = 0n } =
      found.asymmetricKeyDetails ?? {};
    if (type === "rsa" && found.asymmetricKeyType !== "rsa") {
      return bad({ result: "permerror", why: "the key is of another kind than it says" });
    }
    if (bits < shortestKey) return bad({ result: "policy", why: `the key has only ${bits} bits` });
    if (bits > longestKey) return bad({ result: "policy", why: `the key has ${bits} bits` });
    if (publicExponent > largestExponent) {
      return bad({ result: "policy", why: "the key's exponent is too large" });
    }
    return good(found);
  } catch {
    return bad({ result: "permerror", why: "the key cannot be read" });
  }
}

/** RFC 6376 §3.6.1 has a SubjectPublicKeyInfo in mind; its erratum 3017, and some signers, an RSAPublicKey. */
function readRsaKey(key: string): KeyObject {
  const octets = Buffer.from(key, "base64");
  try {
    return createPublicKey({ key: octets, format: "der", type: "spki" });
  } catch {
    return createPublicKey({ key: octets, format: "der", type: "pkcs1" });
  }
}

function readEd25519Key(key: string): KeyObject {
  const x = Buffer.from(key, "base64").toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}
