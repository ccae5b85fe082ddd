import assert from "node:assert/strict";
import { test } from "node:test";
import { bad, good } from "../../core/result.ts";
import { findAll, type Findings } from "./findings.ts";
import { createLookUps, type LookUps } from "./look-ups.ts";
import { createSignedMessage } from "./signed-message.ts";

type Policies = Pick<LookUps, "texts">;

const record = "v=DMARC1; p=reject";
const policies: Policies = { texts: async () => good([record]) };
const nothing = createLookUps({ ask: async () => bad({ kind: "no-records" }) });

function find(message: string, lookUps: LookUps, asked: Policies): Promise<Findings> {
  const signed = createSignedMessage({ now: 0, onKeyName: () => {} });
  signed.take(Buffer.from(message));
  return findAll({
    contents: signed.finish(),
    lookUps,
    policies: asked,
    spf: Promise.resolve({ result: "none", domain: "evil.example" }),
    organizationOf: (domain) => domain,
  });
}

const signature =
  "DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=slow; h=from; bh=aaaa; b=aaaa\r\n";
const forged = `${signature}From: ceo@bank.example\r\n\r\nx\r\n`;
const refused = [{ domain: "bank.example", result: "fail", policy: "reject", percent: 100 }];

test("a signer whose key is slow to find does not keep a policy from being found", async () => {
  let isLate = false;
  const slow = createLookUps({ ask: () => new Promise(() => {}) });
  setTimeout(() => {
    isLate = true;
    slow.giveUp();
  }, 20);
  const { dmarc } = await find(forged, slow, {
    texts: async () => (isLate ? bad("too late") : good([record])),
  });
  assert.deepEqual(dmarc, refused);
});

test("nor does a message that asks for more names than one may", async () => {
  const lookUps = createLookUps({ ask: async () => bad({ kind: "no-records" }) });
  for (let index = 0; index < 1_000; index++) await lookUps.texts(`n${index}.example`);
  assert.deepEqual((await find(forged, lookUps, policies)).dmarc, refused);
});

const several = "From: a@bank.example\r\nFrom: a@bank.example\r\n\r\n";
const crowd = Array.from({ length: 20 }, (_, at) => `a@d${at}.example,`).join("");
const flawed: readonly (readonly [what: string, header: string, flaw: string | undefined])[] = [
  ["honest", "From: a@bank.example\r\n\r\n", undefined],
  ["long", `X: ${"x".repeat(103_000)}\r\n\r\n`, "its header is too long"],
  ["crowded", `From: ${crowd}a@bank.example\r\n\r\n`, "it has too many authors"],
  ["doubled", several, "its header has several From fields"],
  ["broken", "X: y\r\nno field\r\nFrom: a@b.c\r\n\r\n", "its header has a line that is no field"],
];

for (const [what, header, expected] of flawed) {
  test(`that readers may see another author is found: ${what}`, async () => {
    const { unreadable, flaw } = await find(`${header}x\r\n`, nothing, nothing);
    assert.equal(unreadable ?? flaw, expected);
  });
}
