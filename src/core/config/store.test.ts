import assert from "node:assert/strict";
import test from "node:test";
import { formatProblem } from "./problem.ts";
import { parseConfiguration } from "./parse.ts";
import type { StoreSettings } from "./settings.ts";

function read(lines: string): StoreSettings | string {
  const text = `hostname: mx.test\n${lines}\n`;
  const result = parseConfiguration(text, { file: "b.yaml", folder: "/etc/bailiwick" });
  return result.ok ? result.value.store : result.problem.map(formatProblem).join("\n");
}

const db = { kind: "mysql", user: "u", database: "d" } as const;

test("a store in a database is read, with the place of its password", () => {
  const good: Readonly<Record<string, StoreSettings>> = {
    "": { kind: "sqlite" },
    'store: "mysql://u@db.test/d"': { ...db, at: { host: "db.test", port: 3306 } },
    'store: "mysql://u@[2001:db8::7]:3307/d"': { ...db, at: { host: "2001:db8::7", port: 3307 } },
    'store: "mysql://u@localhost/d?socket=/run/m.sock"': { ...db, at: { socket: "/run/m.sock" } },
    'store: "mysql://u%40x:a%3Ab%25@h.test/d"': {
      ...db,
      user: "u@x",
      at: { host: "h.test", port: 3306 },
      password: { value: "a:b%" },
    },
    'store: "mysql://u@h.test/d?tls=verify"': {
      ...db,
      at: { host: "h.test", port: 3306 },
      tls: {},
    },
    'store: "mysql://u@h.test/d?tls=verify&ca=ca.pem"\nstore-password-file: s': {
      ...db,
      at: { host: "h.test", port: 3306 },
      tls: { ca: "/etc/bailiwick/ca.pem" },
      password: { file: "/etc/bailiwick/s" },
    },
    'store: "mysql://u@h.test/d"\nstore-password-variable: DB_PASSWORD': {
      ...db,
      at: { host: "h.test", port: 3306 },
      password: { variable: "DB_PASSWORD" },
    },
  };
  for (const [lines, settings] of Object.entries(good)) assert.deepEqual(read(lines), settings);
});

test("what does not fit is said, and never a password", () => {
  const bad: Readonly<Record<string, RegExp>> = {
    "store: mariadb": /mariadb.* does not fit here; write sqlite, or a URL/,
    'store: "mysql://u:geheim@h/d/e"': /write sqlite, or a URL/,
    'store: "mysql://u:geheim%@h/d"': /write %25/,
    'store: "mysql://h.test/d"': /write sqlite, or a URL/,
    'store: "mysql://u@h.test"': /write sqlite, or a URL/,
    'store: "mysql://u@h.test:0/d"': /0 is no port/,
    'store: "mysql://u@h.test/d?socket=run"': /begins with \//,
    'store: "mysql://u@h.test/d?timeout=3"': /timeout=3.* does not fit/,
    'store: "mysql://u@h.test/d?tls=yes"': /write \?tls=verify/,
    'store: "mysql://u@h.test/d?ca=x"': /write \?tls=verify/,
    'store: "mysql://u@192.0.2.1/d?tls=verify"': /a certificate is for a name/,
    'store: "mysql://u@h/d?socket=/s&tls=verify"': /needs no TLS/,
    'store: "postgres://u:geheim@h/d"': /PostgreSQL is not there yet/,
    "store-password-file: s": /b\.yaml:2:1: store-password-file: a store in a file has no password/,
    'store: "mysql://u:geheim@h/d"\nstore-password-file: s': /b\.yaml:3:1.*in `store` as well/,
    'store: "mysql://u@h/d"\nstore-password-file: s\nstore-password-variable: V':
      /b\.yaml:4:1.*`store-password-file` as well/,
    'store: "mysql://u@h/d"\nstore-password-variable: "A B"': /environment variable/,
  };
  for (const [lines, problem] of Object.entries(bad)) {
    const said = JSON.stringify(read(lines));
    assert.match(said, problem, lines);
    assert.doesNotMatch(said, /geheim/, lines);
  }
});
