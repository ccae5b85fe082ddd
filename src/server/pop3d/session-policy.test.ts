import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { saslServer } from "../../../test/support/sasl.ts";
import type { ListenerSettings } from "../../core/config/settings.ts";
import { parseIp, parsePrefix } from "../../core/mail/ip.ts";
import type { Certificates } from "../../io/tls/certificates.ts";
import { sessionPolicy } from "./session-policy.ts";

const minute = 60_000;

const listener: ListenerSettings = {
  name: "pop3",
  role: "pop3",
  tls: "offered",
  clearLoginOnLoopback: true,
  listen: [],
};

function policyFor(client: string, more: Partial<ListenerSettings> = {}, commandTime = 5 * minute) {
  const certificates: Certificates = {
    pairs: [],
    shown: [],
    find: () => assert.fail("nobody asks for a certificate here"),
    refresh: async () => {},
    watch() {},
    stop() {},
  };
  const address = parseIp(client) ?? assert.fail(client);
  return sessionPolicy({ ...listener, ...more }, address, {
    hostname: "mail.example.org",
    limits: { errors: 10, idleCommands: 100, commandTime },
    logins: {
      sasl: saslServer(""),
      sources: new Set(),
      turnsAway: () => false,
      check: () => assert.fail("nobody logs in here"),
      conclude: () => assert.fail("nobody logs in here"),
    },
    maxRefusedLogins: 5,
    certificates,
    asksForCertificate: false,
  });
}

test("an autologout comes after ten minutes at least, whatever the time for commands", () => {
  assert.equal(policyFor("192.0.2.1", {}, minute).idleTime, 10 * minute);
  assert.equal(policyFor("192.0.2.1", {}, minute).loginTime, minute);
  assert.equal(policyFor("192.0.2.1", {}, 30 * minute).idleTime, 30 * minute);
});

describe("logins in the clear", () => {
  test("are for this machine alone, where so configured", () => {
    assert.equal(policyFor("127.0.0.1").session.auth.allowedInClear, true);
    assert.equal(policyFor("::1").session.auth.allowedInClear, true);
    assert.equal(policyFor("192.0.2.1").session.auth.allowedInClear, false);
    const never = { clearLoginOnLoopback: false };
    assert.equal(policyFor("127.0.0.1", never).session.auth.allowedInClear, false);
  });
});

test("of a proxy's own address nothing follows: no login in the clear, and no relaying", () => {
  const proxies = [parsePrefix("127.0.0.1") ?? assert.fail()];
  const own = policyFor("127.0.0.1", { proxies });
  assert.equal(own.session.auth.allowedInClear, false);
  assert.equal(own.noRelay, true);
  assert.equal(policyFor("192.0.2.1", { proxies }).noRelay, false);
});

test("STLS is offered where TLS is, but for where it began with the connection", () => {
  const offers = (["offered", "required", "implicit", "off"] as const).map((tls) => {
    const policy = policyFor("192.0.2.1", { tls });
    return [policy.session.startTls, policy.tls?.isImplicit];
  });
  assert.deepEqual(offers, [
    [true, false],
    [true, false],
    [false, true],
    [false, undefined],
  ]);
});
