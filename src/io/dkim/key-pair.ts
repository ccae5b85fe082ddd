// Makes and reads the keys of a domain.

import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { errorText } from "../../core/error-text.ts";
import type { KeyAlgorithm } from "../../core/dkim/key.ts";
import { bad, good, type Result } from "../../core/result.ts";

/** PKCS #8, PEM. */
export type PrivateKeys = Readonly<Record<KeyAlgorithm, string>>;

const generate = promisify(generateKeyPair);

/** RFC 8301 wants 1024 bits at least and asks for 2048. Longer keys do not fit into one UDP answer. */
const rsaBits = 2048;

export async function makeKeyPair(): Promise<PrivateKeys> {
  const [rsa, ed25519] = await Promise.all([
    generate("rsa", { modulusLength: rsaBits }),
    generate("ed25519", {}),
  ]);
  return { rsa: toPem(rsa.privateKey), ed25519: toPem(ed25519.privateKey) };
}

function toPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** The problem says why it is no key for this. */
export function readPrivateKey(pem: string, algorithm: KeyAlgorithm): Result<KeyObject, string> {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === algorithm) return good(key);
    return bad(`the key is of the kind ${key.asymmetricKeyType ?? "unknown"}, not ${algorithm}`);
  } catch (error) {
    return bad(errorText(error));
  }
}

/** The key as DNS has it (`p=`), in base 64: RFC 6376 §3.6.1 for RSA, RFC 8463 §4.2 for Ed25519. */
export function publicKeyOf(privateKey: KeyObject): string {
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  // Of Ed25519 the bare 32 octets, which stand last.
  const octets = privateKey.asymmetricKeyType === "ed25519" ? spki.subarray(-32) : spki;
  return octets.toString("base64");
}
