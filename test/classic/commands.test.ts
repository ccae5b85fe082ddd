// `bailiwick rules`: what an operator does with a rules file, checked against tcprulescheck.

import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runCommand, whyMissing } from "../support/command.ts";
import { runBailiwick, temporaryFolder } from "../support/server.ts";

const rules = `127.:allow,RELAYCLIENT=""
10.1.2-3.:allow,RELAYCLIENT="@fix.me",DATABYTES="1000000"
192.0.2.0/24:deny
=.example.net:allow,RBLSMTPD=""
:allow,RBLSMTPD="-go away"
`;

test("bailiwick rules", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "tcp.smtp"), rules);
  await writeFile(join(folder, "bad"), "1.2.3.4:allow\n1.2.3.5:alow\n");
  const run = (...words: readonly string[]) => runBailiwick(["rules", ...words], { folder });

  await t.test("check tells of the traps", async () => {
    const { code, stdout } = await run("check", "tcp.smtp");
    assert.equal(code, 0);
    assert.match(stdout, /^tcp\.smtp:2:17: warning: RELAYCLIENT .* never appended/m);
    assert.match(stdout, /^tcp\.smtp:3:1: warning: .*; write 192\.0\.2\.$/m);
    const bad = await run("check", "bad");
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /^bad:2:9: the instruction is `allow` or `deny`/);
  });

  await t.test("compile puts a whole file in place, or leaves the old one", async () => {
    assert.equal((await run("compile", "tcp.smtp", "tcp.cdb")).code, 0);
    const before = await readFile(join(folder, "tcp.cdb"));
    const { code, stderr } = await run("compile", "bad", "tcp.cdb");
    assert.equal(code, 2);
    assert.match(stderr, /^bad:2:9: /);
    assert.ok(before.equals(await readFile(join(folder, "tcp.cdb"))));
    assert.equal((await stat(join(folder, "tcp.cdb"))).mode & 0o777, 0o644);
    assert.notEqual((await run("compile", "tcp.smtp", "none/tcp.cdb")).code, 0);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes("tmp")),
      [],
    );
  });

  await t.test("dump writes text that compiles to the same", async () => {
    const { code, stdout } = await run("dump", "tcp.cdb");
    assert.equal(code, 0);
    await writeFile(join(folder, "dumped"), stdout);
    await run("compile", "dumped", "again.cdb");
    const [one, other] = ["tcp.cdb", "again.cdb"].map((name) => readFile(join(folder, name)));
    assert.ok((await one!).equals(await other!));
  });

  await t.test("test says which line decides, and what it means", async () => {
    const { code, stdout } = await run("test", "tcp.smtp", "10.1.3.9");
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `tcp.smtp:2 decides about 10.1.3.9: 10.1.2-3.
it may relay to anywhere on port 25
its messages have at most 1000000 octets
sets RELAYCLIENT="@fix.me"
sets DATABYTES="1000000"
`,
    );
    const other = await run("test", "tcp.cdb", "203.0.113.1");
    assert.match(other.stdout, /^all its mail is refused \(554\): go away$/m);
    assert.match(other.stdout, /say --host NAME$/m);
    const named = await run("test", "tcp.cdb", "203.0.113.1", "--host", "a.example.net", "--json");
    const found = JSON.parse(named.stdout);
    assert.equal(found.place, "tcp.cdb:5");
    assert.equal(found.skipsBlocklists, true);
    await writeFile(join(folder, "empty"), "");
    assert.equal(
      (await run("test", "empty", "203.0.113.1")).stdout,
      "no rule is for 203.0.113.1\nit may not relay\n",
    );
  });

  const skip = await whyMissing("tcprulescheck");
  await t.test("tcprulescheck reads what compile wrote", { skip }, async () => {
    const words = `TCPREMOTEIP=10.1.3.9 tcprulescheck ${folder}/tcp.cdb`;
    const { stdout } = await runCommand("sh", ["-c", words]);
    assert.match(stdout, /^set environment variable RELAYCLIENT=@fix\.me$/m);
  });
});
