import assert from "node:assert/strict";
import { test } from "node:test";
import type { TlsFailure } from "../../core/smtp/client/tls-failure.ts";
import type { TlsEvent } from "../delivery/mx-terms.ts";
import { sessionOf, sessionWithoutPolicy } from "./session-of.ts";

const candidate = { name: "mx.example.org", address: "8.8.8.8", port: 25 };
const domain = "example.org";
const lines = ["version: STSv1", "mode: enforce", "mx: *.example.org", "max_age: 100"];
const enforced = { policy: "mta-sts", text: lines } as const;
const testing = { policy: "mta-sts-testing", text: lines } as const;
const dane = { policy: "dane", text: ["3 1 1 00ff"] } as const;

const sts = { type: "sts", domain, lines, hosts: ["*.example.org"] };
const tlsa = { type: "tlsa", domain: "mx.example.org", lines: ["3 1 1 00ff"], hosts: [] };
const none = { type: "no-policy-found", domain, lines: [], hosts: [] };
const expired: TlsFailure = { type: "certificate-expired", why: "the certificate expired" };
const inClear: TlsFailure = { type: "starttls-not-supported", why: "454 Not now, id 4711" };
const host = { from: "192.0.2.9", host: "mx.example.org", to: "8.8.8.8" };
const asExpired = { ...host, type: "certificate-expired", reason: "the certificate expired" };

const cases: readonly (readonly [
  string,
  TlsEvent["policy"],
  { failure?: TlsFailure; doubt?: TlsFailure },
  object,
])[] = [
  ["no policy, TLS", undefined, {}, { policy: none }],
  ["no policy, any certificate", undefined, { doubt: expired }, { policy: none }],
  [
    "no policy, in the clear: whatever the host said",
    undefined,
    { failure: inClear },
    { policy: none, failure: { ...host, type: "starttls-not-supported" } },
  ],
  ["enforced, good", enforced, {}, { policy: sts }],
  [
    "enforced, expired",
    enforced,
    { failure: expired, doubt: expired },
    { policy: sts, failure: asExpired },
  ],
  ["testing, good", testing, {}, { policy: sts }],
  ["testing, expired", testing, { doubt: expired }, { policy: sts, failure: asExpired }],
  ["DANE, good, whatever authorities say", dane, { doubt: expired }, { policy: tlsa }],
  [
    "DANE, no TLS",
    dane,
    { failure: inClear },
    { policy: tlsa, failure: { ...host, type: "starttls-not-supported" } },
  ],
];
for (const [what, policy, { failure, doubt }, expected] of cases) {
  test(what, () => {
    const outcome = { failure, doubt, localAddress: "192.0.2.9" };
    assert.deepEqual(sessionOf({ domain, candidate, policy, outcome }), { domain, ...expected });
  });
}

test("testing, a host that is not listed", () => {
  const evil = { ...candidate, name: "mx.evil.example" };
  const outcome = { failure: undefined, doubt: undefined, localAddress: undefined };
  const reason = "MTA-STS of example.org does not list mx.evil.example";
  const failure = { type: "validation-failure", host: evil.name, to: "8.8.8.8", reason };
  const session = sessionOf({ domain, candidate: evil, policy: testing, outcome });
  assert.deepEqual(session, { domain, policy: sts, failure });
});

test("a policy that could not be had", () => {
  const { policy, failure } = sessionWithoutPolicy(domain, {
    type: "sts-webpki-invalid",
    why: "x".repeat(999),
  });
  assert.deepEqual(policy, { type: "sts", domain, lines: [], hosts: [] });
  assert.deepEqual(failure, { type: "sts-webpki-invalid", reason: "x".repeat(300) });
});

test("what answers inside of our own network is not told", () => {
  const inside = { ...candidate, address: "10.0.0.7" };
  const outcome = { failure: expired, doubt: expired, localAddress: "10.0.0.1" };
  const { failure } = sessionOf({ domain, candidate: inside, policy: enforced, outcome });
  assert.equal(failure?.type, "certificate-expired");
  assert.equal(failure.reason, undefined);
});
