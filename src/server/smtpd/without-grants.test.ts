import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIp } from "../../core/mail/ip.ts";
import { known, unknown } from "../../core/policy/fact.ts";
import { gatherFacts } from "./facts.ts";
import { type Asked, type FactSources } from "./facts.ts";
import { withoutGrants } from "./without-grants.ts";

const client = parseIp("192.0.2.1");
assert.ok(client !== undefined);
const asked: Asked = {
  role: "mx",
  tls: "optional",
  client,
  account: undefined,
  inquiry: undefined,
  access: undefined,
  sender: null,
  recipient: { local: "bob", domain: "elsewhere.example" },
};

const generous: FactSources = {
  access: () => known({ access: "allow", relay: true, skipsBlocklists: true, maxSize: 7 }),
  blocklist: () => known({ listed: true, list: "zen.example" }),
  limit: () => known(undefined),
  recipient: () => known({ kind: "foreign" }),
  ownsSender: () => known(true),
  grant: () => known({ kind: "live", account: "alice@example.org", covers: true }),
};

async function access(source: FactSources["access"]) {
  return (await gatherFacts(withoutGrants({ ...generous, access: source }), asked)).access;
}

test("nothing is granted, and what else is said of the client stays", async () => {
  const facts = await gatherFacts(withoutGrants(generous), asked);
  const nothing = known({ access: "allow", relay: false, skipsBlocklists: false, maxSize: 7 });
  assert.deepEqual(facts.access, nothing);
  assert.deepEqual(facts.grant, known({ kind: "none" }));
  assert.deepEqual(facts.blocklist, known({ listed: true, list: "zen.example" }));
  assert.deepEqual(await access(async () => generous.access(asked)), nothing);
});

test("a refusal stays one, and so does what is not known", async () => {
  const denied = known({ access: "deny", temporary: false } as const);
  assert.deepEqual(await access(() => denied), denied);
  assert.deepEqual(await access(() => unknown("no rules")), unknown("no rules"));
});
