import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoginVerdict } from "../../core/login/verdict.ts";
import { parseIp } from "../../core/mail/ip.ts";
import { type Outcome, success, unavailable, wrongCredentials } from "../../core/sasl/exchange.ts";
import { Counters } from "../metrics/counters.ts";
import { countLogins } from "./count-logins.ts";
import type { Logins } from "./logins.ts";

const cases: readonly (readonly [string, Outcome, LoginVerdict, string, string])[] = [
  ["SCRAM-SHA-256-PLUS", success("ann@a.test"), "good", "scram", "good"],
  ["PLAIN", wrongCredentials("ann"), "refused", "password", "refused"],
  ["USER", wrongCredentials("ann"), "turned-away", "password", "turned-away"],
  ["XOAUTH2", unavailable("ann"), "refused", "token", "unavailable"],
  ["EXTERNAL", success("ann@a.test"), "good", "certificate", "good"],
  ["constructor", wrongCredentials("ann"), "refused", "other", "refused"],
];

for (const [mechanism, outcome, verdict, kind, result] of cases) {
  test(`${mechanism}: ${verdict}`, async () => {
    const counts = new Counters().logins.smtp;
    const logins: Pick<Logins, "conclude"> = { conclude: async () => verdict };
    const counting = countLogins(logins, counts);
    const client = parseIp("192.0.2.1") ?? assert.fail();
    const told = await counting.conclude({
      client,
      listener: "mx",
      session: "s",
      mechanism,
      outcome,
    });
    assert.equal(told, verdict);
    const counted = Object.entries(counts).flatMap(([name, tally]) =>
      [...tally.entries()].map(([word, count]) => [name, word, count]),
    );
    assert.deepEqual(counted, [[kind, result, 1]]);
  });
}
