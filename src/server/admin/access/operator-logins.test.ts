import assert from "node:assert/strict";
import { test } from "node:test";
import { createPasswordHashes } from "../../../io/password/hashes.ts";
import { hashOperatorPassword } from "../../../io/password/operator-password.ts";
import { decoy } from "./operator-logins.ts";

/** Which algorithm, and how much of it. */
function costOf(hash: string): readonly string[] {
  return hash.split("$").slice(0, 4);
}

test("a name that nobody has costs what a wrong password costs", async (t) => {
  const hashed = await hashOperatorPassword("correct horse");
  assert.ok(hashed.ok);
  assert.deepEqual(costOf(decoy), costOf(hashed.value));
  assert.deepEqual(
    decoy.split("$").map((part) => part.length),
    hashed.value.split("$").map((part) => part.length),
  );
  const hashes = createPasswordHashes({ atOnce: 1, waiting: 1, patience: 9_000 });
  t.after(() => hashes.close());
  // It is worked through, not thrown away for its form.
  assert.deepEqual(await hashes.verify("x", decoy), { result: "differs" });
});
