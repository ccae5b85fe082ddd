import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { checkSignature } from "./signatures.ts";

const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const { n = "" } = publicKey.export({ format: "jwk" });

/** What comes of a signature by a key with that exponent. */
function check(exponent: Uint8Array) {
  const e = Buffer.from(exponent).toString("base64url");
  const key = createPublicKey({ format: "jwk", key: { kty: "RSA", n, e } })
    .export({ format: "der", type: "spki" })
    .toString("base64");
  const value = Buffer.alloc(256, 1).toString("base64");
  const published = { type: "rsa", key, isStrict: false, isTesting: false } as const;
  return checkSignature({ algorithm: "rsa-sha256", value }, published, Buffer.from("x"));
}

test("a key that takes long to verify by is not taken", () => {
  assert.deepEqual(check(Uint8Array.of(1, 0, 1)), { ok: true, value: false });
  const found = check(new Uint8Array(256).fill(0x55));
  assert.deepEqual(found, {
    ok: false,
    problem: { result: "policy", why: "the key's exponent is too large" },
  });
});
