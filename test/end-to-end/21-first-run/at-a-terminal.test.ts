// Somebody answers at a terminal: with mistakes, with passwords that are not shown, and with Ctrl-C.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { whyMissing } from "../../support/command.ts";
import { runBailiwick } from "../../support/server.ts";
import { runTyped, type Turn } from "../../support/typed.ts";
import { lookAt, makeWorld } from "./world.ts";

const skip = await whyMissing("python3");
const program = fileURLToPath(new URL("../../../bin/bailiwick", import.meta.url));

test(
  "questions are asked again until they can be answered, and secrets are not shown",
  { skip },
  async (t) => {
    const { folder, flags } = await makeWorld(t);
    const turns: readonly Turn[] = [
      ["Host name", "mail\r"],
      ["is no full name", "mail.example.org\r"],
      ["Domains [example.org]: ", "\r"],
      ["Smart host, or direct [direct]: ", "127.0.0.1:1\r"],
      ["User name [none]: ", "ann\r"],
      ["Without a login", "10.0.0.1/8\r"],
      ["write 10.0.0.0/8", "192.0.2.7, 192.0.2.8\r"],
      ["Certificate [self-signed]: ", "none.pem\r"],
      ["Its key: ", "none.key\r"],
      ["cannot be read", "\r"],
      ["Blocklists [none]: ", "\r"],
      ["Password of ann at 127.0.0.1:1: ", "first-secret\r"],
      ["? [yes]: ", "perhaps\r"],
      ["Write yes or no.", "y\r"],
      ["First account [postmaster@example.org]: ", "\r"],
      ["Password of postmaster@example.org", "second-secret\r"],
      ["Again: ", "other\r"],
      ["the two differ", ""],
      ["Password of postmaster@example.org", "second-secret\r"],
      ["Again: ", "second-secret\r"],
      ["Operator [admin]: ", "a b\r"],
      ["Write up to 64 letters", "olga\r"],
      ["Password of the operator olga", "secret\r"],
      ["Again: ", "secret\r"],
      ["too short", ""],
      ["Password of the operator olga", "\r"],
    ];
    const { code, shown } = await runTyped([program, "init", ...flags], turns, { folder });
    assert.equal(code, 0, shown);
    assert.doesNotMatch(shown, /secret(?!s)/i);
    assert.match(shown, /^account +postmaster@example\.org is made$/m);
    assert.match(shown, /^password [a-z-]{20} is for the operator olga, and is shown only now$/m);
    assert.match(shown, /^operator olga may log in to the page: http:\/\/127\.0\.0\.1:\d+\/$/m);
    assert.match(shown, /^PROBLEM +smart-host: /m);
    const [yaml, secret] = await lookAt(folder, "bailiwick.yaml", "smarthost-password");
    assert.equal(secret?.text, "first-secret\n");
    assert.match(yaml?.text ?? "", /networks:\n    - "192\.0\.2\.7"\n    - "192\.0\.2\.8"\n/);
    const check = await runBailiwick(["check"], { folder });
    assert.equal(check.code, 0, check.stderr);
  },
);

test(
  "Ctrl-C says that nothing was written, and so does an end of the input",
  { skip },
  async (t) => {
    const { folder, flags } = await makeWorld(t);
    for (const [key, wanted, said] of [
      ["\u0003", 130, /interrupted; nothing was written/],
      ["\u0004", 2, /the input has ended before all questions were answered/],
    ] as const) {
      const turns: readonly Turn[] = [["Host name", key]];
      // oxlint-disable-next-line no-await-in-loop -- two cores
      const { code, shown } = await runTyped([program, "init", ...flags], turns, { folder });
      assert.equal(code, wanted, shown);
      assert.match(shown, said);
    }
    assert.deepEqual(await readdir(folder), []);
  },
);
