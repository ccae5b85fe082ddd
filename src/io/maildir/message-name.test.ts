import assert from "node:assert/strict";
import { test } from "node:test";
import { baseOf, haveOneBase, secondsOf, seenPlaceOf, sentOctetsOf } from "./message-name.ts";

for (const [place, base, seconds, sent] of [
  [
    "new/1795342272.M1P2Q3.mx.test,S=90,W=99",
    "1795342272.M1P2Q3.mx.test,S=90,W=99",
    1795342272,
    99,
  ],
  ["cur/1795342272.M1P2.mx,S=90,W=99:2,FS", "1795342272.M1P2.mx,S=90,W=99", 1795342272, 99],
  ["cur/1795342272.1234.mx,W=7,S=6:2,", "1795342272.1234.mx,W=7,S=6", 1795342272, 7],
  ["cur/1795342272.1234.mx,S=6:2,,W=5", "1795342272.1234.mx,S=6", 1795342272, undefined],
  ["new/a letter", "a letter", 0, undefined],
  ["new/a,W=,W=12x,W=12", "a,W=,W=12x,W=12", 0, 12],
  ["new/a,W=99999999999999999999", "a,W=99999999999999999999", 0, undefined],
  ["new/a,W=-1", "a,W=-1", 0, undefined],
  ["cur/:2,S", "", 0, undefined],
  ["cur/a:b:2,S", "a", 0, undefined],
  ["cur/\xff\xfe.\x01:2,", "\xff\xfe.\x01", 0, undefined],
] as const) {
  test(`what ${JSON.stringify(place)} says`, () => {
    assert.deepEqual([baseOf(place), secondsOf(place), sentOctetsOf(place)], [base, seconds, sent]);
  });
}

for (const [place, seen] of [
  ["new/a", "cur/a:2,S"],
  ["new/a:2,", "cur/a:2,S"],
  ["new/a:2,F", "cur/a:2,FS"],
  ["cur/a", "cur/a:2,S"],
  ["cur/a:2,", "cur/a:2,S"],
  ["cur/a:2,RT", "cur/a:2,RST"],
  ["cur/a:2,Fab", "cur/a:2,FSab"],
  ["cur/a:2,S", undefined],
  ["cur/a:2,FS", undefined],
  ["cur/a:1,experimental", undefined],
  ["new/a:1,experimental", "cur/a:1,experimental"],
  ["cur/a:2,S,more", undefined],
  ["cur/a:", undefined],
] as const) {
  test(`${place} is ${seen ?? "as it was"} when it was seen`, () => {
    assert.equal(seenPlaceOf(place), seen);
  });
}

test("places have one base when all but folder and flags is the same", () => {
  for (const [one, other] of [
    ["new/1.a", "cur/1.a:2,S"],
    ["cur/1.a:2,S", "cur/1.a:2,"],
    ["cur/1.a:", "cur/1.a"],
    ["cur/:", "new/:2,"],
  ] as const) {
    assert.ok(haveOneBase(one, other) && haveOneBase(other, one), `${one} ${other}`);
  }
  for (const [one, other] of [
    ["new/1.a", "cur/1.ab:2,S"],
    ["new/1.a", "cur/1.b:2,"],
    ["new/1.a:b", "cur/1.:a:b"],
    ["new/:", "cur/a"],
  ] as const) {
    assert.ok(!haveOneBase(one, other) && !haveOneBase(other, one), `${one} ${other}`);
  }
});
