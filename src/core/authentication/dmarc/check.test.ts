import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bad, good } from "../../result.ts";
import {
  type DmarcEvidence,
  type DmarcQuestion,
  findDmarcRecord,
  type Identity,
  judgeByDmarc,
  sampledPolicy,
} from "./check.ts";
import { parseDmarcRecord } from "./record.ts";

const pass = (domain: string): Identity => ({ domain, result: "pass" });

async function check(
  zone: Record<string, readonly string[]>,
  question: Partial<DmarcQuestion & DmarcEvidence>,
) {
  const whole = {
    domain: "example.org",
    spf: undefined,
    dkim: [],
    organizationOf: (domain: string) => domain.split(".").slice(-2).join("."),
    ask: async (name: string) => good(zone[name] ?? []),
    ...question,
  };
  return judgeByDmarc(await findDmarcRecord(whole), whole);
}

const nobodyKnows = async () => bad("no server answered");

const reject = { "_dmarc.example.org": ["v=DMARC1; p=reject; sp=quarantine; pct=50"] };
const strict = { "_dmarc.example.org": ["v=DMARC1; p=reject; adkim=s; aspf=s"] };

describe("a message passes", () => {
  test("by a signature or a sender of its domain, or of a related one", async () => {
    const asked = [
      { dkim: [pass("other.example"), pass("example.org")] },
      { dkim: [pass("mail.example.org")] },
      { spf: pass("bounce.example.org") },
      { domain: "a.b.example.org", spf: pass("c.example.org") },
    ];
    for (const question of asked) {
      assert.deepEqual(await check(reject, question), { result: "pass" });
    }
  });

  test("by the very domain alone where its holder is strict", async () => {
    assert.equal((await check(strict, { dkim: [pass("mail.example.org")] })).result, "fail");
    assert.equal((await check(strict, { spf: pass("mail.example.org") })).result, "fail");
    assert.equal((await check(strict, { dkim: [pass("example.org")] })).result, "pass");
  });
});

describe("a message fails", () => {
  test("with the policy of its own domain", async () => {
    const verdict = await check(reject, { spf: pass("other.example"), dkim: [] });
    assert.deepEqual(verdict, { result: "fail", policy: "reject", percent: 50 });
  });

  test("with the policy for subdomains, where it has none of its own", async () => {
    const verdict = await check(reject, { domain: "sub.example.org" });
    assert.deepEqual(verdict, { result: "fail", policy: "quarantine", percent: 50 });
    const own = { ...reject, "_dmarc.sub.example.org": ["v=DMARC1; p=none"] };
    assert.partialDeepStrictEqual(await check(own, { domain: "sub.example.org" }), {
      policy: "none",
    });
  });
});

describe("nothing is said", () => {
  test("without a record, with several, or with one that cannot be read", async () => {
    assert.deepEqual(await check({}, {}), { result: "none" });
    const record = "v=DMARC1; p=reject";
    assert.deepEqual(await check({ "_dmarc.example.org": [record, record] }, {}), {
      result: "none",
    });
    assert.deepEqual(await check({ "_dmarc.example.org": ["v=DMARC1; q=reject"] }, {}), {
      result: "none",
    });
    assert.equal((await check({ "_dmarc.example.org": ["v=spf1", record] }, {})).result, "fail");
  });

  test("while the DNS, or what would decide, cannot be asked", async () => {
    assert.deepEqual(await check({}, { ask: nobodyKnows }), {
      result: "temperror",
      why: "no server answered",
    });
    const unsure: Identity = { domain: "example.org", result: "temperror" };
    assert.equal((await check(reject, { dkim: [unsure] })).result, "temperror");
    assert.equal(
      (await check(reject, { spf: unsure, dkim: [pass("example.org")] })).result,
      "pass",
    );
    const elsewhere: Identity = { domain: "other.example", result: "temperror" };
    assert.equal((await check(reject, { dkim: [elsewhere] })).result, "fail");
  });
});

test("a record is read as RFC 7489 §6.3 has it", () => {
  assert.deepEqual(parseDmarcRecord("v=DMARC1;p=Quarantine ; adkim = s;pct=20;rua=mailto:a@b"), {
    policy: "quarantine",
    subdomainPolicy: "quarantine",
    strictDkim: true,
    strictSpf: false,
    percent: 20,
  });
  assert.equal(parseDmarcRecord("v=DMARC1; rua=mailto:a@b.example")?.policy, "none");
  assert.equal(parseDmarcRecord("v=DMARC1; p=everything; rua=mailto:a@b")?.policy, "none");
  assert.equal(parseDmarcRecord("v=DMARC1; p=reject; sp=bad")?.subdomainPolicy, "reject");
  assert.equal(parseDmarcRecord("v=DMARC1; p=reject; pct=many")?.percent, 100);
  for (const text of [
    "",
    "p=reject; v=DMARC1",
    "v=DMARC2; p=none",
    "v=DMARC1",
    "v=dmarc1; p=none",
  ]) {
    assert.equal(parseDmarcRecord(text), undefined, text);
  }
});

test("messages outside of the sample are treated one step milder", () => {
  assert.equal(sampledPolicy("reject", 30, 29.9), "reject");
  assert.equal(sampledPolicy("reject", 30, 30), "quarantine");
  assert.equal(sampledPolicy("quarantine", 0, 0), "none");
  assert.equal(sampledPolicy("quarantine", 100, 99.9), "quarantine");
});
