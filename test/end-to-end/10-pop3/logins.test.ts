// Who may read mail by POP3, and what the others are told.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { connectPop3, openPop3, type Pop3Client } from "../../support/pop3-client.ts";
import { temporaryFolder } from "../../support/server.ts";
import { connectSmtp } from "../../support/smtp-client.ts";
import { password, startWorld, user } from "./world.ts";

async function capabilities(client: Pop3Client): Promise<readonly string[]> {
  await client.expect("CAPA", "+OK");
  return client.body();
}

describe("TLS", () => {
  test("comes before every login, and CAPA says so", async (t) => {
    const world = await startWorld(t);
    const clear = await openPop3(world.at("pop3"));
    const before = await capabilities(clear);
    assert.ok(before.includes("STLS"));
    assert.ok(!before.some((line) => /^(USER|SASL)/.test(line)), before.join());
    await clear.expect(`USER ${user}`, "-ERR Encryption is needed to log in: send STLS first");
    await clear.expect("AUTH PLAIN", "-ERR Encryption is needed");
    const secured = await clear.startTls();
    const after = await capabilities(secured);
    assert.ok(!after.includes("STLS"));
    assert.ok(after.includes("USER"));
    const sasl = after.find((line) => line.startsWith("SASL "));
    assert.equal(sasl, "SASL SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN");
    assert.match(await secured.logIn(user, password), /^\+OK 0 messages/);
    secured.destroy();
  });

  test("throws away what was slipped in behind STLS", async (t) => {
    const world = await startWorld(t);
    const client = await openPop3(world.at("pop3"));
    client.write("STLS\r\nQUIT\r\nCAPA\r\n");
    assert.match(await client.line(), /^\+OK/);
    const secured = await client.startTls("said");
    assert.match(await secured.logIn(user, password), /^\+OK/);
    secured.destroy();
  });

  test("that does not come about is noted, and harms nobody", async (t) => {
    const world = await startWorld(t);
    const client = await connectPop3(world.at("pop3s"));
    client.write("USER alice\r\n");
    await client.rest();
    const failed = await world.server.untilLogged(({ event }) => event === "tls-failed");
    assert.equal(failed["listener"], "pop3s");
  });

  test("is not spoken to who wants HTTP", async (t) => {
    const world = await startWorld(t);
    const client = await openPop3(world.at("pop3"));
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert.deepEqual(await client.rest(), ["-ERR This is POP3, not HTTP"]);
  });
});

describe("an account", () => {
  test("is not opened by its address alone, nor by another's password", async (t) => {
    const world = await startWorld(t);
    const client = await openPop3(world.at("local"));
    for (const name of [user, "nobody@example.org", "alice", "alice@elsewhere.example"]) {
      assert.match(await client.logIn(name, "wrong"), /^-ERR \[AUTH\] Login refused/, name);
    }
    const log = await world.server.untilLogged(({ event }) => event === "login");
    assert.equal(log["result"], "refused");
    assert.equal(log["mechanism"], "USER");
    client.destroy();
  });

  test("that is disabled reads nothing", async (t) => {
    const world = await startWorld(t);
    assert.equal((await world.server.run("account", "disable", user)).code, 0);
    const client = await openPop3(world.at("local"));
    assert.match(await client.logIn(user, password), /^-ERR \[AUTH\]/);
    client.destroy();
  });

  test("is read with app passwords made for that, and sends with those made for the other", async (t) => {
    const world = await startWorld(t, { limits: { guessing: { allow: ["127.0.0.0/8"] } } });
    const made: Record<string, string> = {};
    for (const scope of ["read", "send", "all"]) {
      const words = ["app-password", "add", user, scope, "--scope", scope, "--json"];
      const { stdout, stderr } = await world.server.run(...words);
      made[scope] = /"password": "([^"]+)"/.exec(stdout)?.[1] ?? assert.fail(stderr);
    }
    const readsWith = async (secret = "") => {
      const client = await openPop3(world.at("pop3s"), { tls: true });
      const said = await client.logIn(user, secret);
      client.destroy();
      return said.startsWith("+OK");
    };
    assert.equal(await readsWith(made["read"]), true);
    assert.equal(await readsWith(made["all"]), true);
    assert.equal(await readsWith(made["send"]), false);
  });
});

test("flags of vpopmail keep users from POP3, or from sending, each from its own", async (t) => {
  const domains = await temporaryFolder(t);
  await mkdir(join(domains, "example.org"));
  const hash = "$1$saltsalt$9xy1btjgzLYfb7hivXtC//"; // of: secret
  const flags: Readonly<Record<string, number>> = { free: 0, nopop: 0x2, nosmtp: 0x800 };
  const lines = Object.entries(flags).map(
    ([name, gid]) => `${name}:${hash}:1:${gid}:A User:/home/vpopmail/${name}:NOQUOTA\n`,
  );
  await writeFile(join(domains, "example.org", "vpasswd"), lines.join(""));
  const world = await startWorld(t, {
    logins: [{ "vpopmail-cdb": domains }],
    limits: { guessing: { allow: ["127.0.0.0/8"] } },
  });
  const reads = async (name: string) => {
    const client = await openPop3(world.at("local"));
    const said = await client.logIn(`${name}@example.org`, "secret");
    client.destroy();
    return said.startsWith("+OK");
  };
  assert.deepEqual(
    [await reads("free"), await reads("nopop"), await reads("nosmtp")],
    [true, false, true],
  );
});

test("a guesser is banned, at POP3 and at submission, and the user is not", async (t) => {
  const guesser = "127.1.0.1";
  // Loopback is no friend here, so that its addresses can be those of strangers.
  const guessing = { client: "2 per 1h", allow: [] };
  const world = await startWorld(t, { limits: { "connections-per-client": 100, guessing } });
  const home = await world.enter("local", "127.2.0.1");
  await home.expect("QUIT", "+OK");
  const guess = async (secret: string) => {
    const client = await openPop3(world.at("local"), { from: guesser });
    const said = await client.logIn(user, secret);
    client.destroy();
    return said;
  };
  const said = await Promise.all([guess("one"), guess("two")]);
  for (const each of said) assert.match(each, /^-ERR \[AUTH\] Login refused/);
  await world.server.untilLogged(({ event }) => event === "banned");
  const banned = await connectPop3(world.at("pop3"), { from: guesser });
  const told = "-ERR [SYS/TEMP] Too many wrong logins from here; try again later";
  assert.deepEqual(await banned.rest(), [told]);
  const submission = await connectSmtp(world.at("submission"), guesser);
  assert.match(await submission.reply(), /^421 /);
  submission.destroy();
  const again = await world.enter("local", "127.2.0.1");
  await again.expect("QUIT", "+OK");
});
