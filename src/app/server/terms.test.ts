import assert from "node:assert/strict";
import { test } from "node:test";
import { createTerms } from "./terms.ts";

test("authorities that a reload has dropped are not replaced by everybody's", async () => {
  const termsFor = createTerms({
    hostname: () => "mail.example.org",
    mxPolicies: () => [],
    authorities: () => new Map(),
    log: { info() {}, warn() {}, error() {} },
    now: () => 0,
    elapsed: () => 0,
  });
  const terms = await termsFor({
    kind: "via",
    hosts: [[{ host: "smtp.example.com", port: 25 }]],
    transport: { tls: "verified", implicitTls: false, authorities: "/etc/private.pem" },
    requireTls: false,
  });
  assert.deepEqual(terms, {
    ok: false,
    problem: {
      kind: "temporary",
      said: {
        status: "4.3.5",
        text: "the authorities of its route were taken out of the configuration",
        remote: false,
      },
    },
  });
});
