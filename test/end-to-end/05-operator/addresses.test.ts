// What an operator does for accounts beyond adding them: further addresses, domains that only send,
// app passwords, logins closed and opened. The mail follows at once.

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { untilMail } from "../../support/mailbox.ts";
import { runBailiwick, startBailiwick, temporaryFolder } from "../../support/server.ts";
import { openSession } from "../../support/smtp-client.ts";

const yaml = `
hostname: mail.example.org
listeners: { mx: { role: mx, listen: ["127.0.0.1:0"] } }
domains:
  example.org: { deliver: mailboxes }
  news.example: { deliver: none }
`;

const addedPassword = z.object({ id: z.string(), password: z.string(), scope: z.string() });

test("mail for an alias, a detail and the rest of a domain arrives in the account's mailbox", async (t) => {
  const server = await startBailiwick(t, { configuration: yaml });
  const done = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await server.run(...words);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  await done("account", "add", "ann@example.org", "--receive-only");
  await done("account", "add", "bob@example.org", "--receive-only");
  await done("address", "add", "info@example.org", "ann@example.org");
  assert.match(
    await done("address", "add", "@example.org", "bob@example.org"),
    /^mail for @example\.org goes to bob@example\.org now/,
  );
  const client = await openSession(server.address);
  const { recipients } = await client.send({
    from: "x@client.example",
    to: ["info@example.org", "ANN+list@example.org", "whoever@example.org", "x@news.example"],
    content: "Subject: hello\r\n\r\nhello\r\n",
  });
  assert.deepEqual(
    recipients.map((reply) => reply.slice(0, 9)),
    ["250 2.1.5", "250 2.1.5", "250 2.1.5", "550 5.1.1"],
  );
  await untilMail(server, "ann@example.org", 2);
  const [mail = ""] = await untilMail(server, "bob@example.org", 1);
  assert.match(mail, /^Delivered-To: whoever@example\.org\r?$/m);
  await done("address", "remove", "@example.org", "bob@example.org");
  await client.expect("MAIL FROM:<x@client.example>", "250");
  await client.expect("RCPT TO:<whoever@example.org>", "550 5.1.1");
  client.destroy();
});

test("a domain that was added to send takes no mail, and whoever logs in sends as what is his", async (t) => {
  const server = await startBailiwick(t, { configuration: yaml });
  const run = async (words: string, expected = 0) => {
    const { code, stdout, stderr } = await server.run(...words.split(" "));
    assert.equal(code, expected, `${words}: ${stderr}`);
    return stdout + stderr;
  };
  assert.match(
    await run("domain add shop.example --send-only"),
    /^shop\.example may send now, and takes no mail\. Next: .* app@shop\.example\n.*bailiwick dns shop\.example\n$/,
  );
  assert.match(await run("domain list"), /^shop\.example +nowhere +command line$/m);
  assert.match(await run("domain list"), /^news\.example +nowhere +.*bailiwick\.yaml:6$/m);
  await run("account add app@shop.example --receive-only");
  await run("account add ann@example.org --receive-only");
  await run("address add team@elsewhere.example ann@example.org --send-as");
  const client = await openSession(server.address);
  await client.expect("MAIL FROM:<x@client.example>", "250");
  await client.expect("RCPT TO:<app@shop.example>", "550 5.1.1");
  await client.expect("RCPT TO:<postmaster@news.example>", "550 5.1.1");
  client.destroy();

  const sends = async (login: string, from: string) => {
    const way = `--ip 192.0.2.1 --role submission --tls --login ${login} --to x@far.example`;
    const { code, stdout } = await server.run("explain", ...way.split(" "), "--from", from);
    assert.equal(code, stdout.includes("553 5.7.1") ? 1 : 0, stdout);
    return code === 0;
  };
  const tried = [
    ["app@shop.example", "app@shop.example", true],
    ["app@shop.example", "app+7@shop.example", true],
    ["app@shop.example", "<>", true],
    ["app@shop.example", "other@shop.example", false],
    ["ann@example.org", "team@elsewhere.example", true],
    ["ann@example.org", "app@shop.example", false],
  ] as const;
  await Promise.all(
    tried.map(async ([login, from, may]) => assert.equal(await sends(login, from), may, from)),
  );
});

test("an app password is shown once, listed, kept as a digest alone, and taken back", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "bailiwick.yaml"), yaml);
  const run = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await runBailiwick(words, { folder });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  await run("account", "add", "ann@example.org", "--receive-only");
  const add = ["app-password", "add", "ann@example.org"];
  const said = await run(...add, "scanner, 2nd floor", "--scope", "send");
  const [password = ""] = said.split("\n");
  assert.match(password, /^([a-z]{6}-){3}[a-z]{6}$/);
  assert.match(said, /"scanner, 2nd floor" \(sending only\)\. It is not shown again\./);
  const made = addedPassword.parse(JSON.parse(await run(...add, "telephone", "--json")));
  assert.equal(made.scope, "all");
  assert.match(
    await run("app-password", "list"),
    /^[a-z]{9} +ann@example\.org +scanner, 2nd floor +send +20.* +never$/m,
  );
  for (const name of await readdir(join(folder, "data"))) {
    if (!name.startsWith("store.db")) continue;
    const octets = await readFile(join(folder, "data", name));
    for (const text of [password, password.replaceAll("-", ""), made.password]) {
      assert.ok(!octets.includes(text), `${name} tells`);
    }
  }
  await run("app-password", "remove", made.id);
  const list = await run("app-password", "list", "ann@example.org", "--json");
  assert.ok(!list.includes(made.id) && !list.includes(password));
});

test("what an operator gets wrong is said in one line, and nothing is done", async (t) => {
  const server = await startBailiwick(t, { configuration: yaml });
  for (const words of [
    ["account", "add", "ann@example.org", "--receive-only"],
    ["account", "add", "bob@example.org", "--receive-only"],
    ["domain", "add", "added.example"],
    ["address", "add", "info@example.org", "ann@example.org"],
    ["address", "add", "info@added.example", "ann@example.org"],
    ["app-password", "add", "ann@example.org", "scanner"],
  ]) {
    assert.equal((await server.run(...words)).code, 0, words.join(" "));
  }
  const refused: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["address", "add", "info@example.org", "ann@example.org"], 1, /has the address .* already/],
    [["address", "add", "info@example.org", "bob@example.org"], 1, /address of another one/],
    [["address", "add", "bob@example.org", "ann@example.org"], 1, /is an account/],
    [
      ["address", "add", "x@far.example", "ann@example.org"],
      1,
      /bailiwick domain add far\.example/,
    ],
    [["address", "add", "x@example.org", "eve@example.org"], 1, /no account eve@/],
    [["address", "add", "@", "ann@example.org"], 2, /or @example\.org for all others/],
    [["address", "add", "@a b", "ann@example.org"], 2, /such as info@/],
    [["address", "add", "../x", "ann@example.org"], 2, /such as info@/],
    [["address", "remove", "info@example.org", "bob@example.org"], 1, /has no address/],
    [["account", "add", "info@example.org", "--receive-only"], 1, /address of ann@example\.org/],
    [["account", "disable", "eve@example.org"], 1, /no account/],
    [["domain", "remove", "added.example"], 1, /address remove info@added\.example ann@/],
    [["app-password", "add", "ann@example.org", "scanner"], 1, /named "scanner" already/],
    [["app-password", "add", "eve@example.org", "scanner"], 1, /no account/],
    [["app-password", "add", "ann@example.org", "a\u001b[2Jb"], 2, /name of up to 200/],
    [["app-password", "add", "ann@example.org", "a\nb"], 2, /name of up to 200/],
    [["app-password", "add", "ann@example.org", " "], 2, /name of up to 200/],
    [["app-password", "add", "ann@example.org", "x", "--scope", "root"], 2, /send, read, all/],
    [["app-password", "remove", "nope"], 1, /app-password list/],
    [["app-password", "remove", "../x"], 2, /an id as/],
  ];
  const tried = refused.map(async ([words, code, said]) => {
    const result = await server.run(...words);
    assert.equal(result.code, code, `${words.join(" ")}: ${result.stdout}${result.stderr}`);
    assert.match(result.stderr, said);
    assert.equal(result.stdout, "");
  });
  await Promise.all(tried);
});

test("an account is closed to logins and opened again", async (t) => {
  const server = await startBailiwick(t, { configuration: yaml });
  await writeFile(join(server.folder, "secret.txt"), "correct horse\n");
  const secret = ["--password-file", join(server.folder, "secret.txt")];
  await server.run("account", "add", "ann@example.org", ...secret);
  for (const [verb, shown] of [
    ["disable", "disabled"],
    ["enable", "yes"],
  ] as const) {
    const { stdout } = await server.run("account", verb, "ann@example.org");
    assert.equal(stdout, `ann@example.org is ${verb}d\n`);
    const list = await server.run("account", "list");
    assert.match(list.stdout, new RegExp(`^ann@example\\.org +${shown} `, "m"));
  }
  await writeFile(join(server.folder, "secret.txt"), "bell\u0007\n");
  const refused = await server.run("account", "passwd", "ann@example.org", ...secret);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^bailiwick: the password has characters .* choose another one\n$/);
});
