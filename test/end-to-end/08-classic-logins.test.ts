// Users whom only the classic stack knows log in to send: vpopmail's tables and files with every kind
// of hash, a checkpassword program, and CRAM-MD5 where the passwords are kept.

import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { createTransport } from "nodemailer";
import { addUser, createTables, reader } from "../../src/io/classic/vpopmail/fixture.test.ts";
import { runCommand, whyMissing } from "../support/command.ts";
import { startMariaDb, whyNoMariaDb } from "../support/mariadb.ts";
import { startBailiwick, temporaryFolder, type TestServer } from "../support/server.ts";
import { startSink } from "../support/sink.ts";

const password = "secret";

/** One user for each, all with the same password: DES, MD5, SHA-256, SHA-512, and what Dovecot writes. */
const hashes: readonly string[] = [
  "saHW9GdxihkGQ",
  "$1$saltsalt$9xy1btjgzLYfb7hivXtC//",
  "$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA",
  "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1",
  "{PLAIN}secret",
  "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
];

async function startServer(t: TestContext, logins: readonly unknown[]): Promise<TestServer> {
  const sink = await startSink(t);
  return startBailiwick(t, {
    configuration: {
      listeners: { submission: { role: "submission", listen: ["127.0.0.1:0"] } },
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [{ to: "*", via: sink.name }],
      logins,
    },
  });
}

/** The last reply to a letter, or what the server said instead. */
async function send(
  { listeners: [at] }: TestServer,
  user: string,
  method: string,
  pass = password,
): Promise<string> {
  const transport = createTransport({
    host: at?.host,
    port: at?.port,
    requireTLS: true,
    tls: { rejectUnauthorized: false },
    authMethod: method,
    auth: { user, pass },
  });
  const letter = { from: user, to: "bob@far.example", subject: "Hello", text: "Good day." };
  try {
    const sent: { response: string } = await transport.sendMail(letter);
    return sent.response;
  } catch (error) {
    return error instanceof Error && "response" in error ? String(error.response) : String(error);
  } finally {
    transport.close();
  }
}

/** Users u0, u1… of example.org, whose password is kept in the clear beside the hash. */
async function vpasswdFolder(t: TestContext): Promise<string> {
  const domains = await temporaryFolder(t);
  await mkdir(join(domains, "example.org"));
  const lines = hashes.map((hash, index) => {
    const clear = index === 0 ? "" : `:${password}`;
    return `u${index}:${hash}:1:0:A User:/home/vpopmail/u${index}:NOQUOTA${clear}\n`;
  });
  await writeFile(join(domains, "example.org", "vpasswd"), lines.join(""));
  return domains;
}

const noSwaks = await whyMissing("swaks");

describe("vpopmail's files", () => {
  test("log users in with every kind of hash, and send", async (t) => {
    const server = await startServer(t, [{ "vpopmail-cdb": await vpasswdFolder(t) }]);
    for (const [index, hash] of hashes.entries()) {
      const user = `u${index}@example.org`;
      assert.match(await send(server, user, "PLAIN"), /^250 /, hash);
      assert.match(await send(server, user, "LOGIN"), /^250 /, hash);
      assert.match(await send(server, user, "PLAIN", "Secret"), /^535 /, hash);
    }
  });

  test("offer no CRAM-MD5 that nobody asked for", async (t) => {
    const server = await startServer(t, [{ "vpopmail-cdb": await vpasswdFolder(t) }]);
    assert.match(await send(server, "u1@example.org", "CRAM-MD5"), /^534 5.7.9 /);
  });

  test("log users in with CRAM-MD5 whose passwords they keep, where that is allowed", async (t) => {
    const folder = await vpasswdFolder(t);
    const server = await startServer(t, [{ "vpopmail-cdb": folder, "clear-passwords": true }]);
    assert.match(await send(server, "u1@example.org", "CRAM-MD5"), /^250 /);
    assert.match(await send(server, "u1@example.org", "CRAM-MD5", "Secret"), /^535 /);
    assert.match(await send(server, "u0@example.org", "CRAM-MD5"), /^535 /, "none is kept");
    assert.match(await send(server, "nobody@example.org", "CRAM-MD5"), /^535 /);
    // Whom our own accounts know, they alone know.
    const own = join(folder, "own");
    await writeFile(own, "another secret\n");
    const added = await server.run("account", "add", "u1@example.org", "--password-file", own);
    assert.equal(added.code, 0, added.stderr);
    assert.match(await send(server, "u1@example.org", "CRAM-MD5"), /^535 /);
    assert.match(await send(server, "u1@example.org", "PLAIN", "another secret"), /^250 /);
  });

  test("swaks, CRAM-MD5", { skip: noSwaks }, async (t) => {
    const folder = await vpasswdFolder(t);
    const server = await startServer(t, [{ "vpopmail-cdb": folder, "clear-passwords": true }]);
    const [at] = server.listeners;
    const user = "u2@example.org";
    const auth = ["--auth", "CRAM-MD5", "--auth-user", user, "--auth-password", password];
    const letter = ["--from", user, "--to", "bob@far.example"];
    const words = ["--server", `${at?.host}:${at?.port}`, "--tls", ...auth, ...letter];
    const { code, stdout } = await runCommand("swaks", words);
    assert.equal(code, 0, stdout);
  });
});

test(
  "vpopmail's tables log users in with every kind of hash, and send",
  {
    skip: await whyNoMariaDb(),
  },
  async (t) => {
    const database = await startMariaDb(t);
    await createTables(database);
    for (const [index, hash] of hashes.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one table
      await addUser(database, { name: `u${index}`, domain: "example.org", password: hash });
    }
    const folder = await temporaryFolder(t);
    const secret = join(folder, "secret");
    await writeFile(secret, reader.password, { mode: 0o600 });
    const url = `mysql://${reader.user}@${database.host}:${database.port}/${reader.database}`;
    const server = await startServer(t, [{ "vpopmail-mysql": { url, "password-file": secret } }]);
    for (const [index, hash] of hashes.entries()) {
      const user = `u${index}@example.org`;
      // oxlint-disable-next-line no-await-in-loop -- logins at once are counted as guesses are
      assert.match(await send(server, user, "PLAIN"), /^250 /, hash);
    }
    assert.match(await send(server, "u0@example.org", "PLAIN", "Secret"), /^535 /);
  },
);

const noPython = await whyMissing("python3");

test("a checkpassword program logs its users in", { skip: noPython }, async (t) => {
  const folder = await temporaryFolder(t);
  const program = join(folder, "checkpassword");
  await writeFile(
    program,
    `#!/usr/bin/python3
import os, sys
login, password = os.read(3, 512).split(b"\\0")[:2]
if (login, password) != (b"carol@example.org", b"secret"): sys.exit(1)
os.execv(sys.argv[1], sys.argv[1:])
`,
  );
  await chmod(program, 0o755);
  const words = [program, "/usr/bin/true"];
  const server = await startServer(t, [{ checkpassword: { program: words } }]);
  assert.match(await send(server, "carol@example.org", "PLAIN"), /^250 /);
  assert.match(await send(server, "carol@example.org", "LOGIN"), /^250 /);
  assert.match(await send(server, "carol@example.org", "PLAIN", "Secret"), /^535 /);
  assert.match(await send(server, "dave@example.org", "PLAIN"), /^535 /);
});
