import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type DnsServer, startDns } from "../../../test/support/dns.ts";
import { keyAlgorithms, selectorOf } from "../../core/dkim/key.ts";
import { formatKeyRecord, keyRecordName } from "../../core/dkim/key-record.ts";
import { openPublishedLookups } from "../../io/dns/published-lookups.ts";
import { scratchStore } from "../../io/store/fixture.test.ts";
import { createDkimOperations } from "../admin/dkim-operations.ts";
import type { DkimKeyReport } from "../admin/operations.ts";
import { createKeyWatch } from "./key-watch.ts";
import { isPublished } from "./published.ts";
import { openSigningKeys } from "./signing-keys.ts";

const domain = "example.org";
const day = 86_400_000;
const quiet = { info() {}, warn() {}, error() {} };

async function setStage(t: TestContext) {
  const { dkimKeys: store } = await scratchStore(t);
  const dns = await startDns({});
  t.after(() => dns.close());
  const stage = { now: Date.UTC(2026, 10, 26) };
  const now = () => stage.now;
  const ask = () => openPublishedLookups([dns.endpoint]);
  const keys = await openSigningKeys({ store, log: quiet });
  const operations = createDkimOperations({
    store,
    isOurs: async (name) => name === domain,
    isPublished: (pair) => isPublished(pair, ask()),
    giveUpAfter: () => 5 * day,
    now,
    onChanged: () => keys.refresh(),
  });
  const watch = createKeyWatch({ keys, store, ask, now, log: quiet });
  const signs = () => {
    const found = keys.of(domain);
    return found.ok ? found.value.map(({ selector }) => selector) : found.problem;
  };
  const states = async () =>
    Object.fromEntries((await operations.dkimList(domain)).map((key) => [key.name, key.state]));
  return { ...operations, stage, store, dns, keys, watch, signs, states };
}

function publish(dns: DnsServer, { name, publicKeys }: DkimKeyReport, change = (t: string) => t) {
  assert.ok(publicKeys);
  for (const algorithm of keyAlgorithms) {
    const text = formatKeyRecord(algorithm, publicKeys[algorithm]);
    dns.set(keyRecordName(domain, name, algorithm), { TXT: [change(text)] });
  }
}

const selectors = (name: string) => keyAlgorithms.map((algorithm) => selectorOf(name, algorithm));

test("keys sign once they are published, and those before stay as long as their mail", async (t) => {
  const stage = await setStage(t);
  const { dns, watch, signs, states } = stage;
  const first = await stage.dkimPrepare(domain);
  assert.deepEqual(signs(), []);
  await assert.rejects(stage.dkimPrepare(domain), /20261126 .* wait to be published/);
  await watch.look();
  assert.deepEqual(signs(), [], "the DNS has nothing of it");
  publish(dns, first, (text) => text.replace("p=", "p=AAAA"));
  await watch.look();
  assert.deepEqual(signs(), [], "the DNS has other keys");
  publish(dns, first);
  await watch.look();
  assert.deepEqual(signs(), selectors("20261126"));

  stage.stage.now += 100 * day;
  const second = await stage.dkimPrepare(domain);
  assert.equal(second.name, "20270306");
  assert.deepEqual(signs(), selectors("20261126"));
  await assert.rejects(stage.dkimActivate(domain, false), /it is not there/);
  publish(dns, second);
  assert.equal((await stage.dkimActivate(domain, false)).state, "active");
  assert.deepEqual(signs(), selectors("20270306"));
  const asked = dns.queries.length;
  await watch.look();
  assert.equal(dns.queries.length, asked, "nothing is prepared");

  assert.deepEqual(await states(), { "20261126": "retired", "20270306": "active" });
  const [retired] = await stage.dkimList(domain);
  assert.equal(retired?.publishedUntil, stage.stage.now + 12 * day);
  await assert.rejects(stage.dkimRemove(domain, "20261126", false), /until 2027-03-18/);
  await assert.rejects(stage.dkimRemove(domain, "20270306", true), /retire it first/);
  stage.stage.now += 12 * day;
  await stage.dkimRemove(domain, "20261126", false);
  assert.deepEqual(await states(), { "20270306": "active" });
});

test("the operator may go ahead of the DNS, and back", async (t) => {
  const stage = await setStage(t);
  await assert.rejects(stage.dkimPrepare("example.net"), /bailiwick domain add example\.net/);
  await assert.rejects(stage.dkimActivate(domain, true), /dkim rotate/);
  await stage.dkimPrepare(domain);
  await stage.dkimActivate(domain, true);
  await stage.dkimPrepare(domain);
  assert.deepEqual(await stage.states(), { "20261126": "active", "20261126-2": "prepared" });
  await stage.dkimRetire(domain, "20261126-2");
  assert.deepEqual(await stage.states(), { "20261126": "active" });
  await stage.dkimRetire(domain, "20261126");
  assert.deepEqual(stage.signs(), []);
  await assert.rejects(stage.dkimRetire(domain, "20261126"), /already/);
  await stage.dkimRemove(domain, "20261126", true);
  await assert.rejects(stage.dkimRetire(domain, "20261126"), /no keys of the name/);
});

test("a DNS that does not answer leaves keys as they are", async (t) => {
  const stage = await setStage(t);
  const { name } = await stage.dkimPrepare(domain);
  stage.dns.set(keyRecordName(domain, name, "rsa"), { fault: "SERVFAIL" });
  await stage.watch.look();
  assert.deepEqual(await stage.states(), { [name]: "prepared" });
  await assert.rejects(stage.dkimActivate(domain, false), /SERVFAIL/);
});

test("keys that are damaged sign nothing, and nothing goes out without them", async (t) => {
  const stage = await setStage(t);
  const privateKeys = { rsa: "no key", ed25519: "no key" };
  const times = { createdAt: 1, activeAt: 2, retiredAt: null };
  await stage.store.add({ domain, name: "old", privateKeys, ...times });
  await stage.keys.refresh();
  assert.match(String(stage.signs()), /old-rsa cannot be used .*dkim retire example\.org old/);
  assert.equal((await stage.dkimList(domain))[0]?.publicKeys, null);
});
