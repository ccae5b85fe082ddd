// Accounts from a table: all of them or none, whether a server runs or not.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { untilMail } from "../../support/mailbox.ts";
import { runBailiwick, startBailiwick, temporaryFolder } from "../../support/server.ts";
import { openSession } from "../../support/smtp-client.ts";

const yaml = `
hostname: mail.example.org
listeners: { mx: { role: mx, listen: ["127.0.0.1:0"] } }
domains: { example.org: { deliver: mailboxes }, behind.example: { relay-to: "192.0.2.1" } }
`;

const report = z.object({
  added: z.number(),
  aliases: z.number(),
  leftOut: z.array(z.object({ line: z.number(), problem: z.string() })),
});

const hash = `$6$salt$${"a".repeat(86)}`;

test("a table becomes accounts of a running server, which takes their mail at once", async (t) => {
  const server = await startBailiwick(t, { configuration: yaml });
  const file = join(server.folder, "accounts.csv");
  await writeFile(
    file,
    `\ufeffaddress,password,hash,aliases\r\nann@example.org,"se,cret",,info@example.org a+b@example.org\r\nbob@example.org,,${hash},@example.org\r\n`,
  );
  const { stdout, stderr } = await server.run("account", "import", file);
  assert.equal(stdout, "accounts added: 2, with aliases: 3\n", stderr);
  const client = await openSession(server.address);
  await client.send({
    from: "x@client.example",
    to: ["info@example.org", "anybody@example.org"],
    content: "\r\nhello\r\n",
  });
  await untilMail(server, "ann@example.org", 1);
  await untilMail(server, "bob@example.org", 1);
  client.destroy();
  const again = await server.run("account", "import", file);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /accounts\.csv:2: there is an account ann@example\.org already\n/);
  assert.match(again.stderr, /\nbailiwick: nothing is added: 2 of 2 lines of .* are wrong; /);
});

test("one wrong line, and nothing is written; unless it is to be left out", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "bailiwick.yaml"), yaml);
  const run = (words: string, input = "") => runBailiwick(words.split(" "), { folder, input });
  const lines = [
    "address,password,aliases",
    "ann@example.org,secret,info@example.org",
    "eve@far.example,secret,",
    "eve@behind.example,secret,",
    ".x/../y@example.org,secret,",
    "Ann@example.org,secret,",
    "bob@example.org,secret,x@far.example",
    "a/b@example.org,secret,",
    "carol@example.org,sec",
  ];
  await writeFile(join(folder, "bad.csv"), lines.join("\n"));
  const refused = await run("account import bad.csv");
  assert.equal(refused.code, 1);
  assert.equal(refused.stdout, "");
  assert.deepEqual(
    refused.stderr
      .replaceAll(/:(\d+): .*/g, ":$1")
      .split("\n")
      .slice(0, -2),
    ["bad.csv:3", "bad.csv:4", "bad.csv:5", "bad.csv:6", "bad.csv:7", "bad.csv:8", "bad.csv:9"],
  );
  assert.doesNotMatch(refused.stderr, /secret/);
  assert.equal((await run("account list --json")).stdout, "[]\n");

  const skipped = await run("account import bad.csv --skip-bad --json");
  assert.equal(skipped.code, 0, skipped.stderr);
  const { added, aliases, leftOut } = report.parse(JSON.parse(skipped.stdout));
  assert.deepEqual([added, aliases, leftOut.length], [1, 1, 7]);
  assert.match(
    (await run("address list")).stdout,
    /^info@example\.org +ann@example\.org +receives/m,
  );
});

test("a file that is no table of accounts is refused whole", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "bailiwick.yaml"), yaml);
  const utf16 = Buffer.from("\ufeffaddress,password\nann@example.org,x\n", "utf16le");
  const latin1 = Buffer.from("address,password\nann@example.org,gr\u00fcn\n", "latin1");
  const cases: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ["empty.csv", "", /empty\.csv: the file is empty/],
    ["latin1.csv", latin1, /latin1\.csv:2: this is no UTF-8; save/],
    ["utf16.csv", utf16, /utf16\.csv:1: this is no UTF-8 but UTF-16/],
    ["zeros.csv", new Uint8Array(5000), /the first line/],
    ["semicolons.csv", "address;password\n", /separated by commas/],
    ["huge.csv", "x".repeat(20_000_001), /over 20 MB long; import it in parts/],
  ];
  for (const [name, content, said] of cases) {
    await writeFile(join(folder, name), content);
    const { code, stderr } = await runBailiwick(["account", "import", name], { folder });
    assert.equal(code, 2, stderr);
    assert.match(stderr, said);
    assert.equal(stderr.split("\n").length, 2, stderr);
  }
  for (const name of ["none.csv", "."]) {
    const { code, stderr } = await runBailiwick(["account", "import", name], { folder });
    assert.equal(code, 2);
    assert.match(stderr, /cannot be read/);
  }
});

test("ten thousand accounts come at once, and the server answers meanwhile", async (t) => {
  const server = await startBailiwick(t, { configuration: yaml });
  const file = join(server.folder, "many.csv");
  const many = Array.from({ length: 10_000 }, (_, index) => `u${index}@example.org,${hash}\n`);
  await writeFile(file, `address,hash\n${many.join("")}`);
  const client = await openSession(server.address);
  const over = new AbortController();
  const importing = server.run("account", "import", file).finally(() => over.abort());
  let slowest = 0;
  while (!over.signal.aborted) {
    const before = performance.now();
    await client.expect("NOOP", "250");
    await client.expect("RSET", "250");
    slowest = Math.max(slowest, performance.now() - before);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { stdout, stderr } = await importing;
  assert.equal(stdout, "accounts added: 10000, with aliases: 0\n", stderr);
  assert.ok(slowest < 5_000, `an answer took ${slowest} ms`);
  await client.expect("MAIL FROM:<x@client.example>", "250");
  await client.expect("RCPT TO:<u9999@example.org>", "250");
  client.destroy();
});
