import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIp, parsePrefix } from "../mail/ip.ts";
import { known, unknown } from "./fact.ts";
import { mayRelay } from "./may-relay.ts";
import type { Facts, RelayRequest, RuleSet } from "./request.ts";

const nothing: Facts = {
  access: known({ access: "allow", relay: false, skipsBlocklists: false }),
  login: undefined,
  blocklist: known({ listed: false }),
  limit: known(undefined),
  recipient: known({ kind: "mailbox" }),
  grant: known({ kind: "none" }),
};

const rules: RuleSet = { networks: [{ prefix: parsePrefix("192.0.2.0/24") ?? assert.fail() }] };

function ask(facts: Partial<Facts>, more: Partial<RelayRequest> = {}): boolean {
  return mayRelay(rules, {
    role: "mx",
    tls: "optional",
    client: parseIp("203.0.113.9") ?? assert.fail(),
    sender: null,
    recipient: { local: "bob", domain: "example.org" },
    facts: { ...nothing, ...facts },
    ...more,
  });
}

const relaying = known({ access: "allow", relay: true, skipsBlocklists: false } as const);
const granted = (covers: boolean) => known({ kind: "live", account: "a", covers } as const);

test("a client may relay by a login, a network, a rule or a grant that covers the sender", () => {
  assert.equal(ask({ login: { account: "ann", ownsSender: known(true) } }), true);
  assert.equal(ask({}, { client: parseIp("192.0.2.7") ?? assert.fail() }), true);
  assert.equal(ask({ access: relaying }), true);
  assert.equal(ask({ grant: granted(true) }), true);
});

test("and by nothing else, nor on a submission listener without a login", () => {
  assert.equal(ask({}), false);
  assert.equal(ask({ grant: granted(false) }), false);
  assert.equal(ask({ grant: unknown("no answer"), access: unknown("no answer") }), false);
  assert.equal(ask({ access: relaying, grant: granted(true) }, { role: "submission" }), false);
});
