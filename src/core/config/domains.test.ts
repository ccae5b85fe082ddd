import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfiguration } from "./parse.ts";
import { formatProblem } from "./problem.ts";

const transport = { tls: "opportunistic", implicitTls: false };
const origin = { file: "b.yaml", folder: "/etc/bailiwick" };

test("a domain has mailboxes, hands its mail on, or takes none", () => {
  const result = parseConfiguration(
    'hostname: mx.test\ndomains: { a.test: { deliver: mailboxes }, b.test: { deliver: none }, c.test: { relay-to: "192.0.2.1" } }\n',
    origin,
  );
  assert.ok(result.ok);
  assert.deepEqual(
    result.value.domains.map(({ deliver }) => deliver),
    [
      { to: "mailboxes" },
      { to: "none" },
      {
        to: "relay",
        via: [[{ host: "192.0.2.1", port: 25 }]],
        transport,
        recipients: { kind: "ask", unsure: "accept" },
      },
    ],
  );
});

test("what is none of these is named, and so is what is two of them", () => {
  for (const [domain, said] of [
    ["{ deliver: nobody }", /mailboxes or none/],
    ['{ deliver: none, relay-to: "192.0.2.1" }', /exclude each other; keep one/],
  ] as const) {
    const result = parseConfiguration(
      `hostname: mx.test\ndomains: { a.test: ${domain} }\n`,
      origin,
    );
    assert.ok(!result.ok);
    assert.match(result.problem.map(formatProblem).join("\n"), said);
  }
});
