// What the program says of itself, and what it says to whoever uses it wrongly.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBailiwick, temporaryFolder } from "../../support/server.ts";

const wrong = [
  ["no-such-command", /unknown command 'no-such-command'/],
  ["strat", /Did you mean start\?/],
  ["check --jason", /unknown option '--jason'/],
  ["queue show", /missing required argument 'id'/],
  ["queue list --domain", /argument missing/],
  ["account add not-an-address", /such as alice@example\.org/],
  ["domain add -c bailiwick.yaml exa_mple..org", /such as example\.org/],
  ["check -c nowhere.yaml", /nowhere\.yaml/],
] as const;

test("wrong usage ends with 2 and a line that helps", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "bailiwick.yaml"), "hostname: mail.example.org\n");
  const called = wrong.map(async ([command, said]) => {
    const { code, stdout, stderr } = await runBailiwick(command.split(" "), { folder });
    assert.equal(code, 2, `${command}: ${stderr}`);
    assert.match(stderr, said);
    assert.equal(stdout, "");
  });
  await Promise.all(called);
});

test("a version is a version", async () => {
  const { code, stdout } = await runBailiwick(["--version"]);
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test("check", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "bailiwick.yaml");
  const check = (...words: readonly string[]) => runBailiwick(["check", ...words], { folder });

  await t.test("says that there is no configuration, and where one would be found", async () => {
    const { code, stderr } = await check();
    assert.equal(code, 2);
    assert.match(stderr, /\/etc\/bailiwick\/bailiwick\.yaml/);
  });

  await t.test("says what a good one means", async () => {
    await writeFile(join(folder, "p"), "secret\n", { mode: 0o600 });
    await writeFile(
      file,
      `hostname: mail.example.org
relay:
  networks: ["192.0.2.0/24"]
domains:
  example.org: { deliver: mailboxes }
  example.net: { relay-to: mx.example.net }
blocklists: [{ zone: black.test }, { zone: white.test, score: -2 }]
routes:
  - { to: "*", via: "smtp.example.com:587", login: { user: u, password-file: p } }
`,
    );
    const { code, stdout } = await check();
    assert.equal(code, 0);
    for (const line of [
      `The configuration is in order. mail.example.org keeps its data in ${join(folder, "data")}.`,
      "listens as mx (mx) on 0.0.0.0:25, [::]:25",
      "relays for 192.0.2.0/24 (line 3)",
      "keeps mailboxes for example.org",
      "hands mail for example.net to mx.example.net:25, TLS opportunistic",
      "asks the blocklist black.test, which counts 1 of 1",
      "asks the allow list white.test, which counts -2",
      "sends mail for all else through smtp.example.com:587, TLS verified, logged in as u",
    ]) {
      assert.ok(stdout.includes(`${line}\n`), `${line} in\n${stdout}`);
    }
    const json: unknown = JSON.parse((await check("--json")).stdout);
    assert.partialDeepStrictEqual(json, {
      hostname: "mail.example.org",
      relayNetworks: [{ network: "192.0.2.0/24", line: 3 }],
      routes: [{ to: "*", via: "smtp.example.com:587", tls: "verified", login: "u" }],
    });
  });

  await t.test("says all that is wrong with a bad one, line by line", async () => {
    await writeFile(file, 'hostnaem: mail.example.org\nrelay: { networks: ["10.1.2.3/8"] }\n');
    const { code, stdout, stderr } = await check();
    assert.equal(code, 2);
    assert.equal(stdout, "");
    const lines = stderr.trimEnd().split("\n");
    assert.ok(lines.length >= 2, stderr);
    for (const line of lines) assert.match(line, /bailiwick\.yaml:\d+:\d+: /);
    assert.match(stderr, /hostname/);
    assert.match(stderr, /10\.0\.0\.0\/8/);
  });
});
