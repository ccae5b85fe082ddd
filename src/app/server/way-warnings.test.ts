import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { parseConfiguration } from "../../core/config/parse.ts";
import { formatProblem } from "../../core/config/problem.ts";
import { findWayWarnings } from "./way-warnings.ts";

function warningsOf(text: string, ...addresses: readonly string[]) {
  const result = parseConfiguration(`hostname: mx.test\n${text}\n`, {
    file: "b.yaml",
    folder: "/",
  });
  assert.ok(result.ok, JSON.stringify(result));
  return findWayWarnings(result.value, new Set(addresses)).map(formatProblem);
}

const said = (source: string) =>
  `this machine has no address ${source} now: while it has none, the mail of this way waits`;

test("addresses that this machine has not", () => {
  const text = `routes:
- { to: a.test, via: mx, source: 192.0.2.7 }
- { to: b.test, via: mx, source: ["192.0.2.8", "2001:db8::8"] }
- { to: c.test, via: mx, source: 127.0.0.9 }
domains: { d.test: { relay-to: e.test, source: 192.0.2.9 } }`;
  assert.deepEqual(warningsOf(text, "192.0.2.8"), [
    `b.yaml:3:3: routes[0].source: ${said("192.0.2.7")}`,
    `b.yaml:4:3: routes[1].source: ${said("2001:db8::8")}`,
    `b.yaml:6:12: domains["d.test"].source: ${said("192.0.2.9")}`,
  ]);
});

test("hosts that are this server", (t) => {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  if (own === undefined) return t.skip("this machine has loopback alone");
  assert.deepEqual(warningsOf(`routes: [{ to: a.test, via: ["b.test", "${own}:25"] }]`), [
    `b.yaml:2:10: routes[0].via: ${own}:25 is this server itself: the mail would go in circles`,
  ]);
  assert.deepEqual(warningsOf(`routes: [{ to: a.test, via: "${own}:26" }]`), []);
});
