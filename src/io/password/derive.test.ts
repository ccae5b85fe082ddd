import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { test } from "node:test";
import { createDerive } from "./derive.ts";

test("what is derived is PBKDF2, and derived once", async () => {
  const derive = createDerive();
  for (const [hash, length] of [
    ["sha1", 20],
    ["sha256", 32],
  ] as const) {
    const salt = Buffer.from("salt");
    const derivation = { hash, password: "secret", salt, iterations: 4096 };
    const first = derive(derivation);
    assert.equal(derive({ ...derivation, salt: Buffer.from("salt") }), first);
    assert.deepEqual(await first, pbkdf2Sync("secret", salt, 4096, length, hash));
    assert.notDeepEqual(await derive({ ...derivation, password: "other" }), await first);
    assert.notDeepEqual(await derive({ ...derivation, iterations: 4097 }), await first);
  }
});
