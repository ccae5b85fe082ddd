import assert from "node:assert/strict";
import { test } from "node:test";
import { dmarcProblem, isDmarc } from "./dmarc.ts";

const cases: readonly (readonly [string, RegExp | undefined])[] = [
  ["v=DMARC1; p=none", undefined],
  ["v=DMARC1;p=Reject;sp=quarantine;adkim=s;aspf=r;pct=50;", undefined],
  ["v=DMARC1; p=none; rua=mailto:a@b.example!10m, https://b.example/x", undefined],
  ["v=DMARC1; rua=mailto:a@b.example", /no policy/],
  ["v=DMARC1; p=ignore", /p=ignore is not one of none, quarantine, reject/],
  ["v=DMARC1; p=none; adkim=strict", /adkim=strict/],
  ["v=DMARC1; p=none; rua=a@b.example", /rua= names a@b\.example/],
  ["v=DMARC1; p=none; ruf=", /ruf= names nothing/],
  ["v=DMARC1; p=none p=none; junk", /no list/],
];
for (const [text, problem] of cases) {
  test(text, () => {
    const found = dmarcProblem(text);
    if (problem === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "", problem);
  });
}

test("other records of the name are left alone", () => {
  assert.ok(isDmarc("v=DMARC1; p=none"));
  assert.ok(!isDmarc("v=DMARC10; p=none"));
  assert.ok(!isDmarc("hello"));
});
