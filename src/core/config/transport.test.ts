import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseConfiguration } from "./parse.ts";
import { formatProblem } from "./problem.ts";

function parse(text: string) {
  return parseConfiguration(`hostname: mx.test\n${text}\n`, {
    file: "b.yaml",
    folder: "/etc/bailiwick",
  });
}

function transportOf(written: string) {
  const result = parse(`routes: [{ to: "*", ${written} }]`);
  assert.ok(result.ok, JSON.stringify(result));
  const [route] = result.value.routes;
  return route?.via === "mx" ? undefined : route?.transport;
}

suite("what a route says of the next host", () => {
  const login = "login: { user: u, password-file: p }";
  const cases: readonly (readonly [string, object])[] = [
    ["via: a.test", { tls: "opportunistic", implicitTls: false }],
    ["via: a.test, tls: off", { tls: "off", implicitTls: false }],
    ['via: "a.test:465"', { tls: "opportunistic", implicitTls: true }],
    ['via: "a.test:465", implicit-tls: false', { tls: "opportunistic", implicitTls: false }],
    ['via: "a.test:465", tls: off', { tls: "off", implicitTls: false }],
    ["via: a.test, implicit-tls: true, tls: required", { tls: "required", implicitTls: true }],
    [
      "via: a.test, tls: verified, authorities: ca.pem",
      { tls: "verified", implicitTls: false, authorities: "/etc/bailiwick/ca.pem" },
    ],
    [
      `via: a.test, ${login}`,
      {
        tls: "verified",
        implicitTls: false,
        login: { user: "u", password: { file: "/etc/bailiwick/p" } },
      },
    ],
    [
      "via: a.test, tls: required, login: { user: u, password-variable: P }",
      {
        tls: "required",
        implicitTls: false,
        login: { user: "u", password: { variable: "P" } },
      },
    ],
  ];
  for (const [route, expected] of cases) {
    test(route, () => assert.deepEqual(transportOf(route), expected));
  }

  for (const host of ['"127.0.0.1:587"', '"localhost:587"', '"[::1]:587"']) {
    test(`the password may go in the clear to ${host}`, () => {
      assert.equal(transportOf(`via: ${host}, tls: off, ${login}`)?.tls, "off");
    });
  }
});

test("a domain that is handed on says it as well, but logs in nowhere", () => {
  const result = parse("domains: { a.test: { relay-to: b.test, tls: verified } }");
  assert.ok(result.ok);
  const deliver = result.value.domains[0]?.deliver;
  assert.ok(deliver?.to === "relay");
  assert.deepEqual(deliver.via, [[{ host: "b.test", port: 25 }]]);
  assert.deepEqual(deliver.transport, { tls: "verified", implicitTls: false });
});

suite("what cannot be meant", () => {
  const login = "login: { user: u, password-file: p }";
  const cases: readonly (readonly [string, string])[] = [
    [
      'routes: [{ to: "*", via: a.test, tls: perhaps }]',
      'b.yaml:2:39: routes[0].tls: "perhaps" does not fit here; write one of opportunistic, required, verified, off',
    ],
    [
      'routes: [{ to: "*", via: a.test, tls: off, implicit-tls: true }]',
      "b.yaml:2:44: routes[0].implicit-tls: there is no TLS with `tls: off`; leave one of them out",
    ],
    [
      "domains: { x.test: { relay-to: a.test, tls: off, authorities: ca.pem } }",
      'b.yaml:2:50: domains["x.test"].authorities: there is no TLS with `tls: off`; leave one of them out',
    ],
    [
      `routes: [{ to: "*", via: a.test, tls: opportunistic, ${login} }]`,
      "b.yaml:2:34: routes[0].tls: with `tls: opportunistic` the password could go in the clear; write `tls: verified`, or `tls: required`",
    ],
    [
      `routes: [{ to: "*", via: a.test, tls: off, ${login} }]`,
      "b.yaml:2:34: routes[0].tls: with `tls: off` the password could go in the clear; write `tls: verified`, or `tls: required`",
    ],
    [
      'routes: [{ to: "*", via: a.test, login: { user: u } }]',
      "b.yaml:2:41: routes[0].login: its secret comes from one place; write `password-file`, `password-variable` or `oauth2`",
    ],
    [
      'routes: [{ to: "*", via: a.test, login: { password-file: p } }]',
      "b.yaml:2:41: routes[0].login.user: missing; write the user's name there, such as relay@example.org",
    ],
    [
      "domains: { x.test: { deliver: mailboxes, tls: required } }",
      'b.yaml:2:20: domains["x.test"]: `tls`, `recipients` and their like say how mail is handed on; they need `relay-to`',
    ],
  ];
  for (const [text, said] of cases) {
    test(text, () => {
      const result = parse(text);
      assert.ok(!result.ok);
      assert.deepEqual(result.problem.map(formatProblem), [said]);
    });
  }
});
