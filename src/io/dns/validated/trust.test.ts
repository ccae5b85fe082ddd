import assert from "node:assert/strict";
import { Resolver } from "node:dns";
import { test } from "node:test";
import { trustedServers } from "./trust.ts";

const near = { host: "127.0.0.1", port: 53 };
const six = { host: "::1", port: 5353 };
const far = { host: "192.0.2.53", port: 53 };

test("servers are believed where nobody can stand between, or where the operator says so", () => {
  const cases = [
    ["auto", [near, six], [near, six]],
    ["auto", [near, far], []],
    ["trusted", [near, far], [near, far]],
    ["off", [near], []],
  ] as const;
  for (const [dnssec, servers, expected] of cases) {
    assert.deepEqual(trustedServers({ servers, dnssec }), expected);
  }
});

test("the system's servers are those of its own file", (t) => {
  const system = (...servers: readonly string[]) => {
    t.mock.method(Resolver.prototype, "getServers", () => servers);
    return (dnssec: "auto" | "trusted") => trustedServers({ servers: [], dnssec });
  };
  assert.deepEqual(system("127.0.0.53", "::1")("auto"), [
    { host: "127.0.0.53", port: 53 },
    { host: "::1", port: 53 },
  ]);
  assert.deepEqual(system("127.0.0.1:5353")("auto"), [{ host: "127.0.0.1", port: 5353 }]);
  assert.deepEqual(system("127.0.0.1", "192.0.2.1")("auto"), []);
  assert.deepEqual(system("127.0.0.1", "fe80::1%eth0")("auto"), []);
  assert.deepEqual(system("[2001:db8::1]:53")("trusted"), [{ host: "2001:db8::1", port: 53 }]);
  assert.deepEqual(system()("auto"), []);
});
