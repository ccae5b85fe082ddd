import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfiguration } from "../../core/config/parse.ts";
import { createValidated } from "./policy.ts";
import { tellOfDane } from "./tell-of-dane.ts";

test("whether DANE holds is said, and why not", () => {
  const cases: readonly (readonly [string, RegExp | undefined])[] = [
    ['dns: { servers: ["127.0.0.1", "[::1]:5353"] }', /^DANE holds for mail to hosts/],
    ['dns: { servers: ["192.0.2.53"], dnssec: trusted }', /^DANE holds/],
    ['dns: { servers: ["127.0.0.1", "192.0.2.53"] }', /not on this host \(127.*192\.0\.2\.53:53\)/],
    ['dns: { servers: ["127.0.0.1"], dnssec: off }', /^DANE does not hold: dns\.dnssec is off$/],
    ['dns: { servers: ["127.0.0.1"] }\nmx-transport: { dane: off }', undefined],
    ['dns: { servers: ["127.0.0.1"] }\nroutes: [{ to: "*", via: a.test }]', undefined],
    ['dns: { servers: ["127.0.0.1"] }\nroutes: [{ to: "*", via: mx }]', /^DANE holds/],
    ['dns: { servers: ["127.0.0.1"] }\nroutes: [{ from: b.test, via: a.test }]', /^DANE holds/],
    [
      'dns: { servers: ["127.0.0.1"] }\nroutes: [{ to: b.test, via: mx }, { to: "*", via: a.test }]',
      /^DANE holds/,
    ],
  ];
  for (const [text, expected] of cases) {
    const read = parseConfiguration(`hostname: mx.test\n${text}\n`, {
      file: "b.yaml",
      folder: "/",
    });
    assert.ok(read.ok, text);
    const validated = createValidated(read.value, () => 0);
    const said: unknown[] = [];
    const policy = { settings: read.value, ...(validated && { validated }) };
    tellOfDane(policy, { info: (_, words) => void said.push(words) });
    assert.equal(said.length, expected === undefined ? 0 : 1, text);
    if (expected !== undefined) assert.match(String(said[0]), expected);
  }
});
