// Who answers for what is sent under a grant.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rates } from "../../core/limits/rate-limits.ts";
import { parseIp } from "../../core/mail/ip.ts";
import { known } from "../../core/policy/fact.ts";
import type { GrantState } from "../../core/policy/request.ts";
import { createSendingLimits } from "./sending-limits.ts";

const rate = { amount: 1, period: 3_600_000 };
const rates: Rates = { client: {}, network: {}, login: {}, grant: { recipients: rate } };
const client = parseIp("203.0.113.9") ?? assert.fail();
const neighbour = parseIp("203.0.113.10") ?? assert.fail();

function limitsWith(told: string[]) {
  const breaker = {
    told: (account: string) => (account === "bob@example.org" ? "stopped" : undefined),
    count(_what: string, account: string) {
      told.push(account);
      return undefined;
    },
    countRefused: (account: string) => void told.push(account),
  };
  return createSendingLimits({ rates, isTrusted: () => false, elapsed: () => 0, breaker });
}

function standing(grant: GrantState, from = client) {
  const access = known({ access: "allow", relay: false, skipsBlocklists: false } as const);
  return { role: "mx", client: from, login: undefined, access, grant: known(grant) } as const;
}

test("an account answers for what its grant is used for, and may be stopped", () => {
  const told: string[] = [];
  const limits = limitsWith(told);
  const anns = limits.countsAgainst(
    standing({ kind: "live", account: "Ann@example.org", covers: true }),
  );
  assert.equal(limits.take("recipients", anns), undefined);
  limits.refused(anns);
  assert.deepEqual(told, ["ann@example.org", "ann@example.org"]);
  const bobs = standing({ kind: "live", account: "bob@example.org", covers: true });
  assert.equal(limits.reached(limits.countsAgainst(bobs)), "stopped");
});

test("a grant without an account counts against its address, and stops nobody", () => {
  const told: string[] = [];
  const limits = limitsWith(told);
  const grant: GrantState = { kind: "live", account: null, covers: true };
  const take = (from = client) =>
    limits.take("recipients", limits.countsAgainst(standing(grant, from)));
  assert.equal(take(), undefined);
  assert.match(take() ?? "", /1 recipient an hour/);
  assert.equal(take(neighbour), undefined);
  assert.deepEqual(told, []);
});

test("a grant for other senders, over or shared is not used", () => {
  const limits = limitsWith([]);
  const scopes = (grant: GrantState) =>
    limits.countsAgainst(standing(grant)).map(({ scope }) => scope);
  assert.deepEqual(scopes({ kind: "live", account: "ann", covers: false }), []);
  assert.deepEqual(scopes({ kind: "expired", account: "ann", expiredAt: 0 }), []);
  assert.deepEqual(scopes({ kind: "shared", accounts: 9 }), []);
});
