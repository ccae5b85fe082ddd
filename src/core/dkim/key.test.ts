import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newKeyName, publishedUntil, stateOf } from "./key.ts";
import { formatKeyRecord, keyRecordName, keyRecordProblem } from "./key-record.ts";

const day = 86_400_000;

test("a pair is named after its day, and a second one of that day by a number more", () => {
  assert.equal(newKeyName("20261126", ["20261125"]), "20261126");
  assert.equal(newKeyName("20261126", ["20261126"]), "20261126-2");
  assert.equal(newKeyName("20261126", ["20261126-2", "20261126"]), "20261126-3");
  assert.equal(
    keyRecordName("example.org", "20261126", "rsa"),
    "20261126-rsa._domainkey.example.org",
  );
});

test("a pair that is retired stays published while its mail may be under way", () => {
  assert.equal(stateOf({ activeAt: null, retiredAt: null }), "prepared");
  assert.equal(stateOf({ activeAt: 1, retiredAt: null }), "active");
  assert.equal(stateOf({ activeAt: 1, retiredAt: 2 }), "retired");
  assert.equal(publishedUntil({ retiredAt: null }, 5 * day), null);
  assert.equal(publishedUntil({ retiredAt: day }, 5 * day), 13 * day);
});

describe("a published key", () => {
  const right = formatKeyRecord("ed25519", "AAAA");
  const cases: readonly (readonly [string, RegExp | undefined])[] = [
    [right, undefined],
    ["k=ed25519;p=AA AA;", undefined],
    ["v=DKIM1; h=sha1:sha256; s=email; k=ed25519; p=AAAA", undefined],
    ["v=spf1 -all", /version/],
    ["hello", /no key record/],
    ["v=DKIM2; k=ed25519; p=AAAA", /version/],
    ["v=DKIM1; k=ed25519", /no key/],
    ["v=DKIM1; k=ed25519; p=", /withdrawn/],
    ["v=DKIM1; p=AAAA", /another kind/],
    ["v=DKIM1; k=ed25519; p=AAAB", /another key/],
    ["v=DKIM1; h=sha1; k=ed25519; p=AAAA", /SHA-256/],
    ["v=DKIM1; s=tlsrpt; k=ed25519; p=AAAA", /not for mail/],
    ["v=DKIM1; t=s:y; k=ed25519; p=AAAA", /tried/],
    ["v=DKIM1; k=ed25519; p=AAAA; p=AAAA", /no key record/],
  ];
  for (const [text, problem] of cases) {
    test(text, () => {
      const found = keyRecordProblem(text, "ed25519", "AAAA");
      if (problem === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", problem);
    });
  }
});
