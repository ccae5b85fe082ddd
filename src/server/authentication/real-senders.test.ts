// A message that Google signed, as Debian's python3-dkim has it for its own tests, by the key that Google
// published then.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { good } from "../../core/result.ts";
import { checkDkim } from "./check-signatures.ts";
import { createSignedMessage } from "./signed-message.ts";

const folder = "/usr/lib/python3/dist-packages/dkim/tests";
const skip =
  process.env["CI"] === undefined && !existsSync(folder) && "python3-dkim is not installed";

/** The key stands in the program of the tests, over several lines. */
async function publishedKey(name: string): Promise<string> {
  const program = await readFile(`${folder}/test_dkim.py`, "utf8");
  const [, record = ""] = new RegExp(`'${name}\\.': """([^"]*)"""`).exec(program) ?? [];
  return record.replaceAll("\\\n", "");
}

async function check(message: Buffer, key: string): Promise<readonly string[]> {
  const signed = createSignedMessage({ now: Date.UTC(2026, 10, 26), onKeyName: () => {} });
  signed.take(message);
  const results = await checkDkim(signed.finish(), async (name) => {
    assert.equal(name, "20120113._domainkey.gmail.com");
    return good([[key]].flat());
  });
  return results.map(({ result }) => result);
}

test(
  "a message that Google signed verifies by its key, until an octet is changed",
  { skip },
  async () => {
    const text = await readFile(`${folder}/data/test2.message`, "latin1");
    const message = text.replaceAll(/\r?\n/g, "\r\n");
    const key = await publishedKey("20120113._domainkey.gmail.com");
    assert.match(key, /^k=rsa; p=MIIBIjAN/);
    assert.deepEqual(await check(Buffer.from(message, "latin1"), key), ["pass"]);
    const changed = message.replace("Hello, DKIM", "Hello, dkim");
    assert.deepEqual(await check(Buffer.from(changed, "latin1"), key), ["fail"]);
  },
);
