// Leaving an installation of qmail and vpopmail: imported, served, and its users none the wiser.

import assert from "node:assert/strict";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { createTransport } from "nodemailer";
import {
  addUser,
  createAliasDomains,
  createTableOf,
  createTables,
  reader,
} from "../../src/io/classic/vpopmail/fixture.test.ts";
import { runCommand } from "../support/command.ts";
import { newMail, untilMail } from "../support/mailbox.ts";
import { startMariaDb, whyNoMariaDb } from "../support/mariadb.ts";
import {
  type Endpoint,
  runBailiwick,
  startBailiwick,
  temporaryFolder,
  type TestServer,
} from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { openPop3 } from "../support/pop3-client.ts";
import { openSession, sendLetter } from "../support/smtp-client.ts";
import { buildToaster } from "../support/toaster.ts";

const expected = fileURLToPath(new URL("../fixtures/toaster/report.txt", import.meta.url));

const client = { printer: "127.0.0.2", stranger: "127.0.0.3", denied: "127.0.0.9" };

test("the report and the configuration, word for word", async (t) => {
  const root = await buildToaster(t);
  const { code, stdout, stderr } = await runBailiwick(["import", "toaster", root]);
  assert.equal(stderr, "");
  assert.equal(code, 1);
  const shown = stdout.replaceAll(root, "ROOT");
  // To look at a difference: UPDATE=1 writes what is said now.
  if (process.env["UPDATE"] !== undefined) await writeFile(expected, shown);
  assert.equal(shown, await readFile(expected, "utf8"));
});

suite("what is written", () => {
  test("stands beside the configuration, which passes the check", async (t) => {
    const root = await buildToaster(t);
    const target = join(await temporaryFolder(t), "bailiwick.yaml");
    const imported = await runBailiwick(["import", "toaster", root, "--write", target]);
    assert.equal(imported.code, 1, imported.stderr);
    const folder = dirname(target);
    const names = [
      "accounts.csv",
      "bailiwick.yaml",
      "forwards.txt",
      "maildirs.sh",
      "smarthost-password",
      "tcp.smtp",
    ];
    assert.deepEqual((await readdir(folder)).toSorted(), names);
    const modes = names.map(async (name) => (await stat(join(folder, name))).mode & 0o777);
    assert.deepEqual(await Promise.all(modes), [0o600, 0o644, 0o600, 0o700, 0o600, 0o644]);
    assert.equal(await readFile(join(folder, "smarthost-password"), "utf8"), "hunter2\n");
    assert.doesNotMatch(imported.stdout, /hunter2/);
    const checked = await runBailiwick(["check", "-c", target]);
    assert.equal(checked.code, 0, checked.stderr);
    assert.match(
      checked.stdout,
      /relays for 198\.51\.100\.10\/31 and 198\.51\.100\.12\/32 \(.*tcp\.smtp:5\)/,
    );
  });

  test("is never put over a file that is there, unless told so", async (t) => {
    const root = await buildToaster(t);
    const folder = await temporaryFolder(t);
    const words = ["import", "toaster", root, "--write", join(folder, "bailiwick.yaml")];
    await writeFile(join(folder, "tcp.smtp"), "mine\n");
    const refused = await runBailiwick(words);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /nothing is written: .*tcp\.smtp is there already/);
    assert.deepEqual(await readdir(folder), ["tcp.smtp"]);
    const forced = await runBailiwick([...words, "--force"]);
    assert.match(forced.stdout, /^Written: /m);
    assert.match(await readFile(join(folder, "tcp.smtp"), "utf8"), /^203\.0\.113\.:allow/m);
  });

  test("is told of, where it cannot be", async (t) => {
    const root = await buildToaster(t);
    const target = join(root, "no", "such", "bailiwick.yaml");
    const { code, stderr } = await runBailiwick(["import", "toaster", root, "--write", target]);
    assert.equal(code, 2);
    assert.match(stderr, /cannot be written: there is no folder .*such; make it first/);
  });
});

test("wrong usage is told of", async (t) => {
  const folder = await temporaryFolder(t);
  const missing = await runBailiwick(["import", "toaster", join(folder, "none")]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /none is no folder/);
  const empty = await runBailiwick(["import", "toaster", folder]);
  assert.equal(empty.code, 2);
  assert.match(empty.stderr, /has no installation in it/);
});

/** Only loopback can be tried: the printer's address is one there, and everybody else's is not. */
const rules = `${client.printer}:allow,RELAYCLIENT=""
${client.denied}:deny
:allow,RELAYCLIENT="",RBLSMTPD=""
`;

interface Moved {
  readonly server: TestServer;
  readonly mx: Endpoint;
  readonly submission: Endpoint;
  readonly pop3: Endpoint;
  /** The folder of the configuration. */
  readonly folder: string;
}

/** Imports, sets the listeners to ports that the system chooses and all routes to a sink, starts, and
 * imports the accounts: what an operator does. */
async function move(t: TestContext, root: string, via: string): Promise<Moved> {
  const folder = await temporaryFolder(t);
  const target = join(folder, "bailiwick.yaml");
  const imported = await runBailiwick(["import", "toaster", root, "--write", target]);
  assert.match(imported.stdout, /^Written: /m, imported.stdout + imported.stderr);
  const written = await readFile(target, "utf8");
  const configuration = written
    .replace(
      /^listeners:\n(?: .*\n)+/m,
      `listeners:
  mx: { role: mx, listen: ["127.0.0.1:0"] }
  submission: { role: submission, listen: ["127.0.0.1:0"] }
  pop3: { role: pop3, listen: ["127.0.0.1:0"] }
`,
    )
    .replace(/^blocklists:\n(?: .*\n)+/m, "")
    .replace(/^routes:\n(?: .*\n)+/m, `routes: [{ to: "*", via: "${via}" }]\n`);
  const server = await startBailiwick(t, { folder, configuration });
  const added = await server.run("account", "import", join(folder, "accounts.csv"));
  assert.equal(added.code, 0, added.stderr);
  const forwards = await server.run("forward", "import", join(folder, "forwards.txt"));
  assert.equal(forwards.code, 0, forwards.stderr);
  const [mx, submission, pop3] = server.listeners;
  assert.ok(mx && submission && pop3);
  return { server, mx, submission, pop3, folder };
}

async function send(at: Endpoint, user: string, pass = "secret"): Promise<string> {
  const transport = createTransport({
    host: at.host,
    port: at.port,
    requireTLS: true,
    tls: { rejectUnauthorized: false },
    auth: { user, pass },
  });
  try {
    const letter = { from: user, to: "bob@far.example", subject: "Hello", text: "Good day." };
    const sent: { response: string } = await transport.sendMail(letter);
    return sent.response;
  } catch (error) {
    return error instanceof Error && "response" in error ? String(error.response) : String(error);
  } finally {
    transport.close();
  }
}

async function ask(at: Endpoint, from: string, to: string): Promise<string> {
  const session = await openSession(at, from);
  await session.expect("MAIL FROM:<zoe@far.example>", "250");
  const said = await session.command(`RCPT TO:<${to}>`);
  session.destroy();
  return said;
}

test("an installation with users in files, served from then on", async (t) => {
  const root = await buildToaster(t);
  const vpopmail = join(root, "home/vpopmail");
  await writeFile(join(vpopmail, "etc/tcp.smtp"), rules);
  const sink = await startSink(t);
  const { server, mx, submission, pop3, folder } = await move(t, root, sink.name);

  await t.test("an address of tcp.smtp relays, a stranger is refused", async () => {
    assert.match(await ask(mx, client.printer, "v@far.example"), /^250 .*address rule/);
    assert.match(await ask(mx, client.stranger, "v@far.example"), /^550 5\.7\.1 Relaying denied/);
    assert.match(await ask(mx, client.denied, "alice@example.org"), /^554 /);
  });

  await t.test(
    "mail arrives for users, aliases, other names and the rest of a domain",
    async () => {
      const content = "Subject: new\r\n\r\nmail\r\n";
      const to = [
        "alice@example.org",
        "info@example.com",
        "john.doe@example.info",
        "who@example.net",
        "all@example.com",
      ];
      const sent = await sendLetter(mx, { from: "a@far.example", to, content }, client.stranger);
      assert.deepEqual(
        sent.recipients.map((reply) => reply.slice(0, 3)),
        ["250", "250", "250", "250", "250"],
      );
      await untilMail(server, "alice@example.org", 1);
      await untilMail(server, "zoe@example.net", 1);
      await untilMail(server, "bob@example.org", 1);
      assert.match(await ask(mx, client.stranger, "nobody@example.org"), /^550 5\.1\.1/);
    },
  );

  await t.test("users log in with the passwords that they have, of whatever kind", async () => {
    for (const user of ["alice", "bob", "carol", "erin"]) {
      assert.match(await send(submission, `${user}@example.org`), /^250 2\.0\.0 Ok/, user);
    }
    assert.match(await send(submission, "zoe@example.net"), /^250 /);
    assert.match(await send(submission, "alice@example.org", "wrong"), /^535 /);
    assert.match(await send(submission, "frank@example.org"), /^535 /, "NO_SMTP");
    assert.match(await send(submission, "dave@example.org"), /^535 /, "bcrypt");
    await sink.untilFor("bob@far.example");
  });

  await t.test("who has logged in is taken over, and needs the old place no more", async () => {
    const listed = await server.run("account", "list", "--json");
    const accounts: { address: { local: string }; canLogIn: boolean }[] = JSON.parse(listed.stdout);
    const able = accounts.filter(({ canLogIn }) => canLogIn).map(({ address }) => address.local);
    assert.deepEqual(able.toSorted(), ["alice", "bob", "carol", "erin", "zoe"]);
    await rm(join(vpopmail, "domains/example.org/vpasswd.cdb"));
    await writeFile(join(vpopmail, "domains/example.org/vpasswd"), "");
    assert.match(await send(submission, "carol@example.org"), /^250 /);
    assert.match(await send(submission, "frank@example.org"), /^535 /);
  });

  await t.test("users read their mail by POP3, with the passwords that they have", async () => {
    const session = await (await openPop3(pop3)).startTls();
    assert.match(await session.logIn("alice@example.org", "secret"), /^\+OK/);
    assert.match(await session.command("STAT"), /^\+OK 4 /);
    session.destroy();
  });

  await t.test("the old mail is moved, and what has arrived stays", async () => {
    assert.equal(await server.stop(), 0);
    const alice = join(server.dataFolder, "mail/example.org/alice");
    const before = await newMail(server, "alice@example.org");
    const script = join(folder, "maildirs.sh");
    const moved = await runCommand("sh", [script]);
    assert.equal(moved.code, 0, moved.stderr);
    assert.match(moved.stdout, /joined .*example\.org\/alice/);
    assert.deepEqual(await readdir(join(alice, "cur")), ["1100000000.1.old:2,S"]);
    assert.deepEqual(await newMail(server, "alice@example.org"), before);
    assert.ok((await stat(join(server.dataFolder, "mail/example.org/carol/cur"))).isDirectory());
    const again = await runCommand("sh", [script]);
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await stat(join(alice, "cur"))).mode & 0o777, 0o700);
  });
});

test("users in a database", { skip: await whyNoMariaDb() }, async (t) => {
  const root = await buildToaster(t);
  const vpopmail = join(root, "home/vpopmail");
  const database = await startMariaDb(t);
  await createTables(database);
  await createAliasDomains(database);
  const md5Secret = "$1$salt$ez2vlPGdaLYkJam5pWs/Y1";
  for (const name of ["alice", "bob"]) {
    await addUser(database, { name, domain: "example.org", password: md5Secret });
  }
  await addUser(database, { name: "new", domain: "example.net", password: md5Secret });
  await addUser(database, { name: "Not a Name", domain: "example.net", password: md5Secret });
  await database.query(
    `INSERT INTO aliasdomains VALUES ('example.com', 'example.org');
     CREATE TABLE valias (alias char(32), domain char(96), valias_line text);
     INSERT INTO valias VALUES ('office', 'example.org', '&alice@example.org');
     INSERT INTO valias VALUES ('both', 'example.org', '&alice@example.org');
     INSERT INTO valias VALUES ('both', 'example.org', '&bob@example.org');
     CREATE TABLE relay (ip_addr char(18) PRIMARY KEY, timestamp char(12));`,
    "vpopmail",
  );
  await rm(join(vpopmail, "domains/example.org/vpasswd"));
  await rm(join(vpopmail, "domains/example.org/vpasswd.cdb"));
  await rm(join(vpopmail, "domains/0/example.net/vpasswd"));
  await rm(join(vpopmail, "domains/example.com"));
  const line = `${database.host}|${database.port}|${reader.user}|${reader.password}|${reader.database}`;
  await writeFile(join(vpopmail, "etc/vpopmail.mysql"), `# read\n${line}\n# write\n${line}\n`);

  await t.test("the import names them, and never shows the password", async () => {
    const { stdout } = await runBailiwick(["import", "toaster", root, "--json"]);
    assert.doesNotMatch(stdout, /reader's/);
    const found: {
      accounts: { name: string; aliases: string[] }[];
      findings: { text: string; fate: string }[];
      configuration: string;
    } = JSON.parse(stdout);
    assert.deepEqual(found.accounts.map(({ name }) => name).toSorted(), [
      "alice@example.org",
      "bob@example.org",
      "new@example.net",
    ]);
    const alice = found.accounts.find(({ name }) => name === "alice@example.org");
    assert.ok(alice?.aliases.includes("office@example.com"));
    const said = found.findings.map(({ text }) => text).join("\n");
    assert.match(said, /mail for both@example\.org is sent on to/);
    assert.match(said, /1 rows of its users/);
    assert.match(found.configuration, /password-file: vpopmail-password\n +tables: one/);
    assert.match(
      found.configuration,
      /relay-table:\n +url: .*\n +password-file: vpopmail-password\n/,
    );
  });

  await t.test("they log in, and are taken over while the database may go away", async () => {
    const sink = await startSink(t);
    const { submission, folder } = await move(t, root, sink.name);
    const secret = join(folder, "vpopmail-password");
    assert.equal(await readFile(secret, "utf8"), `${reader.password}\n`);
    assert.equal((await stat(secret)).mode & 0o777, 0o600);
    assert.match(await send(submission, "alice@example.org"), /^250 /);
    await database.stop();
    assert.match(await send(submission, "alice@example.org"), /^250 /);
    assert.match(await send(submission, "bob@example.org"), /^4/);
  });

  await t.test(
    "where it does not answer, the folders say; tables by domain are read too",
    async () => {
      const { stdout } = await runBailiwick(["import", "toaster", root]);
      assert.doesNotMatch(stdout, /reader's/);
      assert.match(stdout, /the database does not answer/);
      const accounts = await runBailiwick(["import", "toaster", root, "--print", "accounts"]);
      assert.match(accounts.stdout, /^carol@example\.org,/m);
      await database.start();
      await database.query("DROP TABLE vpopmail", "vpopmail");
      await createTableOf(database, "example_org");
      const row = { name: "carol", domain: "example.org", password: md5Secret };
      await addUser(database, { ...row, table: "example_org" });
      const apart = await runBailiwick(["import", "toaster", root]);
      assert.match(apart.stdout, /^ +tables: per-domain$/m);
      assert.match(apart.stdout, /with 2 domains and \d+ users/);
      const without = await runBailiwick(["import", "toaster", root, "--no-database"]);
      assert.doesNotMatch(without.stdout, /does not answer/);
    },
  );
});
