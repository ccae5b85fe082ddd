// What all may know of keys in the store.

import { type KeyPairView, keyAlgorithms } from "../../core/dkim/key.ts";
import { publicKeyOf, readPrivateKey } from "../../io/dkim/key-pair.ts";
import type { StoredKeyPair } from "../../io/store/dkim-key-store.ts";

/** Undefined where a key is damaged. */
export function viewOf({ privateKeys, ...pair }: StoredKeyPair): KeyPairView | undefined {
  const [rsa, ed25519] = keyAlgorithms.map((algorithm) => {
    const key = readPrivateKey(privateKeys[algorithm], algorithm);
    return key.ok ? publicKeyOf(key.value) : undefined;
  });
  if (rsa === undefined || ed25519 === undefined) return undefined;
  return { ...pair, publicKeys: { rsa, ed25519 } };
}
