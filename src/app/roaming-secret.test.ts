import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { temporaryFolder } from "../../test/support/server.ts";
import { ConfigurationError } from "./errors.ts";
import { readRoamingSecret } from "./roaming-secret.ts";

const secret = "0123456789abcdef";
const place = { file: "b.yaml", line: 7, column: 9 };

suite("a secret that cannot be used", () => {
  const cases: readonly (readonly [name: string, text: string, mode: number, why: RegExp])[] = [
    ["everybody can read", secret, 0o604, /every user of this machine can read .*chmod 0600/],
    [
      "short",
      secret.slice(1),
      0o600,
      /less than 16 characters; make one with: openssl rand -hex 24 >/,
    ],
    ["empty", "", 0o600, /holds no secret/],
    ["two lines", `${secret}\n${secret}\n`, 0o600, /holds no secret; write it there on one line/],
    ["with a space", "a secret of several words", 0o600, /must be ASCII without spaces/],
    ["not ASCII", "geheimnisgeheimniß", 0o600, /must be ASCII without spaces/],
  ];
  for (const [name, text, mode, why] of cases) {
    test(name, async (t) => {
      const secretFile = join(await temporaryFolder(t), "secret");
      await writeFile(secretFile, text);
      await chmod(secretFile, mode);
      await assert.rejects(readRoamingSecret({ secretFile, place }), (error: unknown) => {
        assert.ok(error instanceof ConfigurationError);
        assert.match(error.message, why);
        assert.match(error.message, /^b\.yaml:7:9: relay\.roaming\.events\.secret-file: /);
        return true;
      });
    });
  }
});

test("a secret ends with its line, and its owner's group may read it", async (t) => {
  const secretFile = join(await temporaryFolder(t), "secret");
  await writeFile(secretFile, `${secret}\n`);
  await chmod(secretFile, 0o640);
  assert.equal(await readRoamingSecret({ secretFile, place }), secret);
});
