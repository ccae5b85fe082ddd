// Return paths against Debian's `srs` (Mail::SRS), both ways.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { whyMissing } from "../../../test/support/command.ts";
import { type Address, formatAddress, parseAddress } from "../../core/mail/address.ts";
import { createReturnPaths, openReturnPaths } from "./return-paths.ts";

const run = promisify(execFile);
const secret = "a secret of our hosts";

async function srs(...words: readonly string[]): Promise<string> {
  const { stdout } = await run("srs", ["--secret", secret, "--hashlength", "8", ...words]);
  return stdout.trim();
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

test(
  "Mail::SRS reads what we write, and we what it writes",
  { skip: await whyMissing("srs") },
  async () => {
    const ours = createReturnPaths(secret);
    const now = Date.now();
    for (const sender of [
      "alice@source.example",
      "O=Brien+x@source.example",
      "a-b_c.d@x.example",
    ]) {
      const packed = formatAddress(ours.forward(address(sender), "ours.example", now));
      assert.equal(await srs("--reverse", packed), sender);
      const theirs = await srs("--alias", "fwd@ours.example", sender);
      assert.equal(theirs, packed);
      const twice = await srs("--alias", "fwd@second.example", packed);
      assert.equal(formatAddress(ours.forward(address(packed), "second.example", now)), twice);
      const back = ours.reverse(address(twice).local, now);
      assert.deepEqual(back, { ok: true, value: address(packed) });
    }
  },
);

test("hosts that share a store share its secret", async () => {
  const kept = new Map<string, string>();
  const secrets = {
    settle: async (name: string, fresh: string) => {
      if (!kept.has(name)) kept.set(name, fresh);
      return kept.get(name) ?? fresh;
    },
  };
  const [one, other] = [await openReturnPaths(secrets), await openReturnPaths(secrets)];
  const sender = address("alice@source.example");
  const { local } = one.forward(sender, "ours.example", Date.now());
  assert.deepEqual(other.reverse(local, Date.now()), { ok: true, value: sender });
  assert.equal(kept.size, 1);
  assert.ok((kept.get("return-paths")?.length ?? 0) >= 40);
});
