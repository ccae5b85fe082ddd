import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseConfiguration } from "./parse.ts";
import { formatProblem } from "./problem.ts";

function parse(roaming: string) {
  const text = `hostname: mx.test\nrelay:\n  roaming:\n${roaming}\n`;
  return parseConfiguration(text, { file: "b.yaml", folder: "/etc/bailiwick" });
}

const url = "url: 'mysql://vpopmail@localhost/vpopmail'";
const password = "password-variable: P";

test("the table and the logs arrive with their defaults", () => {
  const result = parse(`
    relay-table: { ${url}, password-file: db.secret }
    logs:
      - { file: /var/log/mail.log, format: dovecot }
      - { file: popd.log, pattern: '^popd (?<client>\\S+)' }`);
  assert.ok(result.ok, JSON.stringify(result));
  const { relayTable, logs } = result.value.relay.roaming ?? assert.fail();
  assert.deepEqual(relayTable, {
    at: { host: "localhost", port: 3306 },
    user: "vpopmail",
    database: "vpopmail",
    password: { file: "/etc/bailiwick/db.secret" },
    table: "relay",
    lifetime: 10_800_000,
    every: 30_000,
    write: false,
    place: { file: "b.yaml", line: 5, column: 5 },
  });
  assert.deepEqual(logs, [
    { file: "/var/log/mail.log", reads: { format: "dovecot" } },
    { file: "/etc/bailiwick/popd.log", reads: { pattern: String.raw`^popd (?<client>\S+)` } },
  ]);
});

test("every key of the table may be said", () => {
  const result = parse(
    `    relay-table: { ${url}, ${password}, table: relay_2, minutes: 30, every: 5s, write: true }`,
  );
  assert.ok(result.ok, JSON.stringify(result));
  const table = result.value.relay.roaming?.relayTable ?? assert.fail();
  assert.deepEqual(
    [table.table, table.lifetime, table.every, table.write],
    ["relay_2", 1_800_000, 5_000, true],
  );
});

suite("what is wrong says so at its key", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    [`relay-table: { ${url} }`, /relay-table: its password comes from one place/],
    [`relay-table: { ${password} }`, /relay-table\.url: missing; write mysql:/],
    [`relay-table: { ${url}, ${password}, table: "relay; DROP" }`, /table: "relay; DROP" does not/],
    [`relay-table: { ${url}, ${password}, table: "" }`, /table: "" does not fit/],
    [`relay-table: { ${url}, ${password}, minutes: 0 }`, /minutes: 0 does not fit here/],
    [`relay-table: { ${url}, ${password}, minutes: 99999 }`, /minutes: 99999 does not fit here/],
    [`relay-table: { ${url}, ${password}, minutes: 3h }`, /minutes: "3h" does not fit here/],
    [`relay-table: { ${url}, ${password}, write: 1 }`, /write: 1 does not fit here/],
    [`logs: [{ file: /x }]`, /logs\[0\]: it is not said how its lines are to be read/],
    [`logs: [{ file: /x, format: exchange }]`, /format: "exchange" does not fit here/],
    [`logs: [{ file: /x, format: dovecot, pattern: "^(?<client>.)" }]`, /write either `format`/],
    [`logs: [{ file: /x, pattern: "(?<client>.)" }]`, /pattern: it must begin with \^/],
    [`logs: [{ file: /x, pattern: "^(?<client>." }]`, /pattern: it is no regular expression/],
    [`logs: [{ format: dovecot }]`, /file: missing/],
    [`logs: dovecot`, /logs: "dovecot" does not fit here; write a list/],
  ];
  for (const [text, problem] of wrong) {
    test(text, () => {
      const result = parse(`    ${text}`);
      assert.ok(!result.ok, "it was taken");
      assert.match(result.problem.map(formatProblem).join("\n"), problem);
    });
  }
});
