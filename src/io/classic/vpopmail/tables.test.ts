// vpopmail's tables in a real MariaDB.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { after, before, suite, test, type TestContext } from "node:test";
import { runCommand, whyMissing } from "../../../../test/support/command.ts";
import { type MariaDb, startMariaDb, whyNoMariaDb } from "../../../../test/support/mariadb.ts";
import { waitUntil } from "../../../../test/support/wait.ts";
import type { LoginOutcome, LoginService, LoginSource } from "../../../core/login/source.ts";
import { createPasswordHashes } from "../../password/hashes.ts";
import { hashPassword } from "../../process/password-hash.ts";
import { createDatabase, type DatabaseOptions } from "./database.ts";
import {
  addUser,
  createAliasDomains,
  createLimits,
  createTableOf,
  createTables,
  reader,
} from "./fixture.test.ts";
import { createVpopmailSource } from "./source.ts";
import { createVpopmailTables, type TableLayout } from "./tables.ts";

const skip = (await whyNoMariaDb()) || (await whyMissing("perl"));

const md5Secret = "$1$salt$ez2vlPGdaLYkJam5pWs/Y1";

suite("vpopmail's tables", { skip }, () => {
  let server: MariaDb;
  const cleanups: (() => Promise<void>)[] = [];

  before(async () => {
    server = await startMariaDb({ after: (act) => cleanups.unshift(act) });
  });

  after(async () => {
    for (const act of cleanups) await act();
  });

  function sourceOn(
    t: TestContext,
    options: Partial<DatabaseOptions> & { readonly layout?: TableLayout } = {},
  ): LoginSource {
    const { layout = "one", ...rest } = options;
    const database = createDatabase({
      at: { socket: server.socket },
      ...reader,
      atOnce: 4,
      timeout: 10_000,
      ...rest,
    });
    const hashes = createPasswordHashes({ atOnce: 2, waiting: 100, patience: 60_000 });
    const source = createVpopmailSource(createVpopmailTables(database, layout), hashes);
    t.after(async () => {
      await source.close();
      await hashes.close();
    });
    return source;
  }

  test("log users in with every kind of hash", async (t) => {
    await createTables(server);
    const perl = 'print crypt("secret", $_), "\\n" for @ARGV';
    const settings = ["ab", "$1$salt", "$5$salt", "$5$rounds=3000$salt", "$6$salt"];
    const crypts = (await runCommand("perl", ["-e", perl, ...settings])).stdout.trim().split("\n");
    const stored = [
      ...crypts,
      ...crypts.map((hash) => `{CRYPT}${hash}`),
      `{MD5-CRYPT}${crypts[1]}`,
      `{SHA512-CRYPT}${crypts[4]}`,
      "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
      "{SSHA}dj2lH1ocucmj5OQsjP6mQrVx6FhOYUNs",
      "{PLAIN}secret",
      await hashPassword("secret"),
    ];
    const kinds = new Set<string | undefined>();
    const source = sourceOn(t);
    for (const [index, password] of stored.entries()) {
      const name = `user${index}`;
      await addUser(server, { name, domain: "example.org", password });
      const outcome = await login(source, `${name}@example.org`);
      assert.ok(outcome.result === "good", `${password}: ${JSON.stringify(outcome)}`);
      assert.equal(outcome.account.name, `${name}@example.org`);
      kinds.add(outcome.account.passwordKind);
      const wrong = await login(source, `${name}@example.org`, { password: "Secret" });
      assert.deepEqual(wrong, { result: "refused", why: "the password is wrong" });
    }
    assert.deepEqual(
      [...kinds],
      ["des-crypt", "md5-crypt", "sha256-crypt", "sha512-crypt", "digest", "clear", "argon2id"],
    );
  });

  test("log nobody in whose password is none", async (t) => {
    await createTables(server);
    const source = sourceOn(t);
    for (const [index, password] of [null, "", "*", "!", "x", "secret", "{PLAIN}"].entries()) {
      await addUser(server, { name: `user${index}`, domain: "example.org", password });
      for (const typed of ["", "*", "x", "secret", "{PLAIN}"]) {
        const outcome = await login(source, `user${index}@example.org`, { password: typed });
        assert.equal(outcome.result, "refused", `${password} ${typed}`);
      }
    }
  });

  test("know a user by any writing of the login, and nobody else", async (t) => {
    await createTables(server);
    await addUser(server, { name: "alice", domain: "example.org", password: md5Secret });
    const source = sourceOn(t);
    for (const name of ["alice@example.org", "Alice@EXAMPLE.org", "alice%example.org"]) {
      const outcome = await login(source, name);
      assert.ok(outcome.result === "good", name);
      assert.equal(outcome.account.name, "alice@example.org");
      assert.deepEqual(outcome.account.addresses, [{ local: "alice", domain: "example.org" }]);
    }
    const others = [
      "",
      "@",
      "alice",
      "@example.org",
      "alice@",
      "alice@example.net",
      "bob@example.org",
      "alice @example.org",
      "alice@example.org ",
      "alice%@example.org",
      "alicé@example.org",
      "àlice@example.org",
      "alice@example.org@example.org",
      "alice%25@example.org",
      '"alice"@example.org',
      '"al ice"@example.org',
      "alice\u0000@example.org",
      "ａlice@example.org",
      `${"a".repeat(40)}@example.org`,
      `alice@${"a.".repeat(120)}org`,
      "a".repeat(100_000),
      "[object Object]@example.org",
      "alice@[127.0.0.1]",
    ];
    for (const name of others) {
      const outcome = await login(source, name);
      if (name === '"alice"@example.org') continue;
      assert.equal(outcome.result, "unknown", `${name.slice(0, 50)}: ${JSON.stringify(outcome)}`);
    }
  });

  test("are not fooled by SQL in a login or a password", async (t) => {
    await createTables(server);
    await createAliasDomains(server);
    await addUser(server, { name: "alice", domain: "example.org", password: md5Secret });
    await createTableOf(server, "example_org");
    const hostile = [
      "'",
      '"',
      "\\",
      "' OR '1'='1",
      "'OR'1'='1",
      "alice'--",
      "alice'#",
      "alice'/*",
      "\\'OR/**/1=1#",
      "%",
      "_____",
      "a%",
      "alice`",
      "';DROP/**/TABLE/**/vpopmail;#",
      "x'UNION/**/SELECT/**/*/**/FROM/**/vpopmail#",
    ];
    for (const layout of ["one", "per-domain"] as const) {
      const source = sourceOn(t, { layout });
      for (const text of hostile) {
        for (const name of [
          text,
          `${text}@example.org`,
          `alice@${text}`,
          `alice@example.org${text}`,
        ]) {
          const outcome = await login(source, name);
          assert.equal(outcome.result, "unknown", `${name}: ${JSON.stringify(outcome)}`);
        }
        const outcome = await login(source, "alice@example.org", { password: text });
        assert.equal(outcome.result, layout === "one" ? "refused" : "unknown", text);
      }
    }
    const [count] = await server.query("SELECT COUNT(*) AS users FROM vpopmail", "vpopmail");
    assert.equal(count?.["users"], 1);
  });

  test("a name of their collation is not a name of ours", async (t) => {
    await createTables(server);
    await addUser(server, { name: "Bob", domain: "example.org", password: md5Secret });
    await addUser(server, { name: "z\u00eb", domain: "example.org", password: md5Secret });
    const source = sourceOn(t);
    // MariaDB finds both.
    assert.equal((await login(source, "bob@example.org")).result, "unknown");
    assert.equal((await login(source, "ze@example.org")).result, "unknown");
  });

  const smtpRefusal = "the password is right, and NO_SMTP is set";
  const popRefusal = "the password is right, and NO_POP is set";

  test("flags keep users from a service, and are told as facts", async (t) => {
    await createTables(server);
    const cases = [
      [0x800, "smtp", smtpRefusal],
      [0x800, "pop3", {}],
      [0x2, "pop3", popRefusal],
      [0x2, "smtp", { noPop: true }],
      [0x8, "smtp", { noImap: true }],
      [0x10, "smtp", { bounceMail: true }],
      [0x20, "pop3", { noRelay: true }],
      [0x83b, "smtp", smtpRefusal],
      [0x7ffff7ff, "smtp", { noPop: true, noImap: true, bounceMail: true, noRelay: true }],
      [-1, "smtp", smtpRefusal],
      [null, "smtp", {}],
    ] as const;
    const source = sourceOn(t);
    for (const [index, [flags, service, expected]] of cases.entries()) {
      const name = `user${index}`;
      await addUser(server, { name, domain: "example.org", password: md5Secret, flags });
      const outcome = await login(source, `${name}@example.org`, { service });
      if (typeof expected === "string") {
        assert.deepEqual(outcome, { result: "refused", why: expected });
        // Who does not know the password does not hear of the flag.
        const wrong = await login(source, `${name}@example.org`, { service, password: "x" });
        assert.deepEqual(wrong, { result: "refused", why: "the password is wrong" });
      } else {
        assert.ok(outcome.result === "good", `${flags} ${JSON.stringify(outcome)}`);
        const noSmtp = flags === 0x800;
        const none = { noPop: false, noImap: false, noRelay: false, bounceMail: false };
        assert.deepEqual(outcome.account.flags, { ...none, noSmtp, ...expected });
      }
    }
  });

  test("a domain's limits count for all its users but those that are excepted", async (t) => {
    await createTables(server);
    await createLimits(server);
    await server.query(
      "INSERT INTO limits (domain, disable_smtp, disable_relay) VALUES ('example.org', 1, 1)",
      "vpopmail",
    );
    await addUser(server, { name: "alice", domain: "example.org", password: md5Secret });
    const excepted = { name: "boss", domain: "example.org", password: md5Secret, flags: 0x2000 };
    await addUser(server, excepted);
    await addUser(server, { name: "alice", domain: "example.net", password: md5Secret });
    const source = sourceOn(t);
    const alice = await login(source, "alice@example.org");
    assert.deepEqual(alice, { result: "refused", why: smtpRefusal });
    const reading = await login(source, "alice@example.org", { service: "pop3" });
    assert.ok(reading.result === "good" && reading.account.flags.noRelay);
    assert.equal((await login(source, "boss@example.org")).result, "good");
    assert.equal((await login(source, "alice@example.net")).result, "good");
  });

  test("a login at an alias of the domain is the user's, with an address at each", async (t) => {
    await createTables(server);
    await createAliasDomains(server);
    const insert = (alias: string, domain: string) =>
      server.query(`INSERT INTO aliasdomains VALUES ('${alias}', '${domain}')`, "vpopmail");
    await insert("example.net", "example.org");
    await insert("example.com", "example.org");
    await insert("other.example", "elsewhere.example");
    await addUser(server, { name: "alice", domain: "example.org", password: md5Secret });
    const source = sourceOn(t);
    for (const domain of ["example.org", "example.net", "example.com"]) {
      const outcome = await login(source, `alice@${domain}`);
      assert.ok(outcome.result === "good", domain);
      assert.equal(outcome.account.name, "alice@example.org");
      assert.deepEqual(outcome.account.addresses.map((address) => address.domain).toSorted(), [
        "example.com",
        "example.net",
        "example.org",
      ]);
      assert.equal(outcome.account.addresses[0]?.domain, "example.org");
    }
    assert.equal((await login(source, "alice@other.example")).result, "unknown");
  });

  test("a table for each domain", async (t) => {
    await createTables(server);
    await createTableOf(server, "my_site_example");
    const row = { name: "alice", domain: "my-site.example", password: md5Secret };
    await addUser(server, { ...row, table: "my_site_example" });
    const source = sourceOn(t, { layout: "per-domain" });
    const outcome = await login(source, "alice@my-site.example");
    assert.ok(outcome.result === "good");
    assert.equal(outcome.account.name, "alice@my-site.example");
    // Another domain whose table would be called the same is not hers.
    assert.equal((await login(source, "alice@my.site.example")).result, "unknown");
    assert.equal((await login(source, "alice@example.org")).result, "unknown");
    assert.equal((await login(source, "alice@vpopmail")).result, "unknown");
  });

  test("a clear password is given where it is kept, and only to who asks for it", async (t) => {
    await createTables(server);
    const row = { domain: "example.org", password: md5Secret };
    await addUser(server, { ...row, name: "alice", clear: "pa: ss" });
    await addUser(server, { ...row, name: "bob", clear: "" });
    await addUser(server, { ...row, name: "carol" });
    await addUser(server, { ...row, name: "dave", clear: "secret", flags: 0x800 });
    const source = sourceOn(t);
    const ask = (name: string, service: LoginService = "smtp") =>
      source.clearPassword?.({ login: `${name}@example.org`, service });
    const alice = await ask("alice");
    assert.ok(alice?.result === "good");
    assert.deepEqual([alice.account.name, alice.password], ["alice@example.org", "pa: ss"]);
    const none = { result: "refused", why: "no password is kept in clear" };
    assert.deepEqual(await ask("bob"), none);
    assert.deepEqual(await ask("carol"), none);
    assert.equal((await ask("dave"))?.result, "refused");
    assert.equal((await ask("dave", "pop3"))?.result, "good");
    assert.equal((await ask("nobody"))?.result, "unknown");
    assert.doesNotMatch(JSON.stringify(await login(source, "alice@example.org")), /pa: ss/);
  });

  test("are read without a column for clear passwords as well", async (t) => {
    await createTables(server, { withClear: false });
    await addUser(server, { name: "alice", domain: "example.org", password: md5Secret });
    const source = sourceOn(t);
    assert.equal((await login(source, "alice@example.org")).result, "good");
    const clear = await source.clearPassword?.({ login: "alice@example.org", service: "smtp" });
    assert.equal(clear?.result, "refused");
  });

  suite("when something is wrong with the database", () => {
    before(async () => {
      await createTables(server);
      await addUser(server, { name: "alice", domain: "example.org", password: md5Secret });
    });

    test("wrong settings are the operator's to mend", async (t) => {
      await server.query("CREATE DATABASE empty; GRANT SELECT ON empty.* TO vpopmail@localhost");
      const settings = [
        { password: "wrong" },
        { user: "nobody" },
        { database: "nothing" },
        { database: "empty" },
      ];
      for (const wrong of settings) {
        const outcome = await loginAlice(sourceOn(t, wrong));
        assert.ok(outcome.result === "temporary", JSON.stringify(outcome));
        assert.equal(outcome.fault, "misconfigured", outcome.why);
        assert.doesNotMatch(outcome.why, /wrong$|secret/);
      }
    });

    test("down is temporary, and over when it is up again", async (t) => {
      const source = sourceOn(t);
      assert.equal((await loginAlice(source)).result, "good");
      await server.stop();
      for (let time = 0; time < 6; time++) {
        const outcome = await loginAlice(source);
        assert.ok(outcome.result === "temporary" && outcome.fault === "unavailable");
      }
      await server.start();
      assert.equal((await loginAlice(source)).result, "good");
    });

    test("restarted amid many logins: temporary at worst, never a wrong answer", async (t) => {
      const source = sourceOn(t);
      const enough = new AbortController();
      const results = new Set<string>();
      const users = Array.from({ length: 4 }, async () => {
        while (!enough.signal.aborted) {
          results.add((await loginAlice(source)).result);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      });
      await waitUntil("someone is in", () => results.has("good"));
      await server.stop("SIGKILL");
      await waitUntil("it is noticed", () => results.has("temporary"));
      await server.start();
      assert.equal((await loginAlice(source)).result, "good");
      enough.abort();
      await Promise.all(users);
      assert.deepEqual([...results].toSorted(), ["good", "temporary"]);
    });

    test("silent is temporary in time, however many ask, and over when it speaks", async (t) => {
      const source = sourceOn(t, { timeout: 500, atOnce: 2 });
      assert.equal((await loginAlice(source)).result, "good");
      server.pause();
      const start = performance.now();
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => loginAlice(source)));
      const took = performance.now() - start;
      server.resume();
      assert.ok(outcomes.every(({ result }) => result === "temporary"));
      assert.ok(took < 5000, `${took} ms`);
      const faults = outcomes.map((outcome) => outcome.result === "temporary" && outcome.fault);
      assert.ok(faults.includes("busy") && faults.includes("unavailable"));
      await waitUntil("it is well again", async () => (await loginAlice(source)).result === "good");
    });

    test("slow is temporary in time: a table that another has locked", async (t) => {
      const source = sourceOn(t, { timeout: 500 });
      const locking = server.query("LOCK TABLES vpopmail WRITE; SELECT SLEEP(2);", "vpopmail");
      await waitUntil(
        "it is locked",
        async () => (await loginAlice(source)).result === "temporary",
      );
      const outcome = await loginAlice(source);
      assert.ok(outcome.result === "temporary");
      assert.match(outcome.why, /no answer within 500 ms/);
      await locking;
      await waitUntil("it is free again", async () => (await loginAlice(source)).result === "good");
    });

    test("a host that takes connections and says nothing is temporary, again and again", async (t) => {
      const silent = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
      await once(silent, "listening");
      t.after(() => void silent.close());
      const address = silent.address();
      assert.ok(typeof address === "object" && address !== null);
      const at = { host: "127.0.0.1", port: address.port };
      const source = sourceOn(t, { at, timeout: 200, atOnce: 2 });
      for (let time = 0; time < 5; time++) {
        const outcome = await loginAlice(source);
        assert.ok(
          outcome.result === "temporary" && outcome.fault === "unavailable",
          JSON.stringify(outcome),
        );
      }
    });

    test("it closes in time though the server is silent", async (t) => {
      const source = sourceOn(t, { timeout: 500 });
      assert.equal((await loginAlice(source)).result, "good");
      server.pause();
      const start = performance.now();
      await source.close();
      server.resume();
      assert.ok(performance.now() - start < 3000);
    });

    test("over TCP too", async (t) => {
      const source = sourceOn(t, { at: { host: server.host, port: server.port } });
      assert.equal((await loginAlice(source)).result, "good");
    });
  });
});

function login(
  source: LoginSource,
  name: string,
  { password = "secret", service = "smtp" }: { password?: string; service?: LoginService } = {},
): Promise<LoginOutcome> {
  return source.verify({ login: name, password, service });
}

function loginAlice(source: LoginSource): Promise<LoginOutcome> {
  return login(source, "alice@example.org");
}
