import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseConfiguration } from "./parse.ts";
import { formatProblem } from "./problem.ts";
import { readDatabaseUrl } from "./values/database-url.ts";

function parse(logins: string) {
  const text = `hostname: mx.test\nlogins:\n${logins}\n`;
  return parseConfiguration(text, { file: "b.yaml", folder: "/etc/bailiwick" });
}

function place(line: number) {
  return { file: "b.yaml", line, column: 5 };
}

test("the places arrive in their order", () => {
  const result = parse(`
  - checkpassword: { program: [bin/vchkpw, /usr/bin/true], timeout: 3s, at-once: 2 }
  - vpopmail-mysql: { url: "mysql://vpopmail@db.test/mail", password-file: db.secret }
    adopt: true
  - vpopmail-mysql:
      url: "mysql://u@localhost/d?socket=/run/mysqld.sock"
      password-variable: DB_PASSWORD
      tables: per-domain
      timeout: 1s
      at-once: 7
  - vpopmail-cdb: ../vpopmail/domains
    clear-passwords: true
  - oauth: { issuer: "https://login.test/", audience: [mail], jwks-uri: "https://login.test/keys" }`);
  assert.ok(result.ok, JSON.stringify(result));
  assert.deepEqual(result.value.logins, [
    {
      kind: "checkpassword",
      program: ["/etc/bailiwick/bin/vchkpw", "/usr/bin/true"],
      timeout: 3000,
      atOnce: 2,
      adopt: false,
      clearPasswords: false,
      place: place(4),
    },
    {
      kind: "vpopmail-mysql",
      at: { host: "db.test", port: 3306 },
      user: "vpopmail",
      database: "mail",
      password: { file: "/etc/bailiwick/db.secret" },
      tables: "one",
      timeout: 5000,
      atOnce: 5,
      adopt: true,
      clearPasswords: false,
      place: place(5),
    },
    {
      kind: "vpopmail-mysql",
      at: { socket: "/run/mysqld.sock" },
      user: "u",
      database: "d",
      password: { variable: "DB_PASSWORD" },
      tables: "per-domain",
      timeout: 1000,
      atOnce: 7,
      adopt: false,
      clearPasswords: false,
      place: place(7),
    },
    {
      kind: "vpopmail-cdb",
      domains: "/etc/vpopmail/domains",
      adopt: false,
      clearPasswords: true,
      place: place(13),
    },
    {
      kind: "oauth",
      issuer: "https://login.test/",
      audience: ["mail"],
      jwksUri: "https://login.test/keys",
      accountClaim: "email",
      adopt: false,
      clearPasswords: false,
      place: place(15),
    },
  ]);
});

suite("what is wrong is told with what to do", () => {
  const mysql = "  - vpopmail-mysql: ";
  const cases: Readonly<Record<string, RegExp>> = {
    "  - {}": /3:5: logins\[0\]: it is not said what is asked; write one of `checkpassword`, `vpop/,
    "  - { adopt: true }": /it is not said what is asked/,
    "  - accounts": /logins\[0\]: "accounts" does not fit here/,
    "  - { vpopmail-cdb: /d, checkpassword: { program: [/p] } }": /each item is one place/,
    '  - { oauth: { issuer: "https://login.test", audience: [mail] }, adopt: true }':
      /3:\d+: logins\[0\]\.adopt: there is no password in a token that could be kept/,
    '  - oauth: { issuer: "http://login.test", audience: [mail] }':
      /logins\[0\]\.oauth\.issuer: .* is in the clear/,
    "  - { vpopmail-cdb: 5 }": /vpopmail-cdb: 5 does not fit here; write the path of a folder/,
    "  - { checkpassword: [/bin/vchkpw] }": /a list does not fit here/,
    "  - { checkpassword: { program: [] } }": /the list is empty; write the program and its arg/,
    "  - { checkpassword: { program: /bin/vchkpw } }": /does not fit here; write a list in brack/,
    '  - { checkpassword: { program: ["/bin/x\\0y"] } }': /does not fit here/,
    "  - { checkpassword: { program: [/p], at-once: 0 } }": /write a whole number, 1 or more/,
    [`${mysql}{ url: "mysql://u@h/d" }`]: /write `password-file` or `password-variable`/,
    [`${mysql}{ url: "mysql://u@h/d", password-file: f, password-variable: V }`]: /from one place/,
    [`${mysql}{ url: "mysql://u@h/d", password: secret }`]:
      /unknown key `password`; the keys here are `url`/,
    [`${mysql}{ url: "mysql://u@h/d", password-variable: "A B" }`]: /the name of an environment/,
    [`${mysql}{ url: "mysql://u:hidden@h/d", password-file: f }`]: /does not belong in the config/,
    [`${mysql}{ url: "mysql://u@h/d", password-file: f, tables: two }`]: /write one, or per-domain/,
    [`${mysql}{ url: "postgres://u@h/d", password-file: f }`]:
      /write mysql:\/\/USER@HOST\/DATABASE/,
  };
  for (const [text, problem] of Object.entries(cases)) {
    test(text, () => {
      const result = parse(text);
      assert.ok(!result.ok);
      const said = result.problem.map(formatProblem).join("\n");
      assert.match(said, problem);
      assert.doesNotMatch(said, /hidden/);
    });
  }
});

test("a database's URL", () => {
  const good = {
    "mysql://u@h.test/d": { at: { host: "h.test", port: 3306 }, user: "u", database: "d" },
    "mysql://u@[::1]:3307/d": { at: { host: "::1", port: 3307 }, user: "u", database: "d" },
    "mysql://a.b@127.0.0.1/d-1": {
      at: { host: "127.0.0.1", port: 3306 },
      user: "a.b",
      database: "d-1",
    },
  };
  for (const [text, value] of Object.entries(good)) {
    assert.deepEqual(readDatabaseUrl(text), { ok: true, value });
  }
  const bad = [
    "",
    "mysql://",
    "mysql://u@/d",
    "mysql://h/d",
    "mysql://u@h",
    "mysql://u@h/",
    "mysql://u@h/d/e",
    "mysql://u@h:0/d",
    "mysql://u@h:70000/d",
    "mysql://u@h/d?ssl=no",
    "mysql://u@h/d?socket=relative",
    "mysql://u@::1/d",
    "mysql://u:p@h/d",
    "mysql://u:@h/d",
    "mysql://u@h/d`",
    " mysql://u@h/d",
  ];
  for (const text of bad) assert.equal(readDatabaseUrl(text).ok, false, text);
});
