import assert from "node:assert/strict";
import { test } from "node:test";
import type { Failure } from "../../core/smtp/client/failure.ts";
import type { Protection } from "../../core/smtp/client/protection.ts";
import { type SeenOfTls, tlsOutcome } from "./tls-outcome.ts";

const good: Protection = { kind: "tls", protocol: "TLSv1.3", cipher: "x", verified: true };
const strange: Protection = {
  ...good,
  verified: false,
  why: "is for another",
  flaw: "certificate-host-mismatch",
};
const clear: Protection = { kind: "clear", why: "the host offers no STARTTLS" };

const handshake: Failure = { kind: "tls", detail: "no version in common" };
const refused: Failure = {
  kind: "refused",
  stage: "starttls",
  reply: { code: 454, lines: ["no"] },
};
const closed: Failure = { kind: "lost", stage: "greeting" };
const away: Failure = { kind: "lost", stage: "handshake" };

/** `failure / doubt`, or that it does not count. */
function count(tls: "off" | "opportunistic" | "verified", seen: Partial<SeenOfTls>): string {
  const found = tlsOutcome({ tls }, { protection: undefined, failure: undefined, ...seen }, "::1");
  if (found === undefined) return "nothing";
  assert.equal(found.localAddress, "::1");
  return `${found.failure?.type ?? "good"} / ${found.doubt?.type ?? "good"}`;
}

test("what reports count of a connection", () => {
  assert.equal(count("off", { protection: clear }), "nothing");
  assert.equal(count("opportunistic", { failure: closed }), "nothing");
  assert.equal(count("verified", { protection: good }), "good / good");
  assert.equal(count("opportunistic", { protection: strange }), "good / certificate-host-mismatch");
  const mismatch = "certificate-host-mismatch / certificate-host-mismatch";
  assert.equal(count("verified", { protection: strange }), mismatch);
  assert.equal(count("opportunistic", { protection: clear }), "starttls-not-supported / good");
  assert.equal(count("verified", { failure: refused }), "starttls-not-supported / good");
  assert.equal(count("opportunistic", { failure: handshake }), "validation-failure / good");
  assert.equal(count("opportunistic", { failure: away }), "validation-failure / good");
});

test("under REQUIRETLS a doubt is a failure", () => {
  const seen = { protection: strange, failure: undefined };
  const found = tlsOutcome({ tls: "opportunistic", requireTls: true }, seen, undefined);
  assert.deepEqual(found?.failure, { type: "certificate-host-mismatch", why: "is for another" });
});
