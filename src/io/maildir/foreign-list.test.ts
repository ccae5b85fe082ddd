// Lines of other servers' lists.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { courierList } from "./courier-list.ts";
import { dovecotUidlist } from "./dovecot-uidlist.ts";

const dovecotHead = { validity: 1_275_660_208, next: 25_022 };
const courierHead = { validity: 1_275_660_208, next: 7 };

describe("dovecot-uidlist", () => {
  for (const [line, head] of [
    ["3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1", dovecotHead],
    ["3 N25022 Gab V1275660208", dovecotHead],
    ["1 1275660208 25022", dovecotHead],
    ["3 V1275660208", undefined],
    ["4 V1275660208 N25022", undefined],
    ["3 V99999999999 N1", undefined],
    ["", undefined],
    ["\0\0\0\0", undefined],
  ] as const) {
    test(`head ${JSON.stringify(line)}`, () => {
      assert.deepEqual(dovecotUidlist.readHead(line), head);
    });
  }

  const own = "000061b94c0907b0";
  for (const [line, number, base, uid, octets] of [
    ["25017 W2481 :1276.M2P3.host:2,F", 25_017, "1276.M2P3.host", own, 2481],
    ["25017 :1276.M2P3.host,S=1,W=2:2,", 25_017, "1276.M2P3.host,S=1,W=2", own, undefined],
    ["25017 1276.M2P3.host:2,F", 25_017, "1276.M2P3.host", own, undefined],
    ["25017 G12 PUID7-8 S10 W12 :a b", 25_017, "a b", "UID7-8", 12],
    ["25017 P :1276.host:2,S", 25_017, "1276.host", "1276.host", undefined],
    ["25017 O5 W :1276.host", 25_017, "1276.host", own, undefined],
    ["25017 :\xff", 25_017, "\xff", own, undefined],
  ] as const) {
    test(`entry ${JSON.stringify(line)}`, () => {
      const expected = { base, number, validity: dovecotHead.validity, uid, octets };
      assert.deepEqual(dovecotUidlist.readEntry(line, dovecotHead), expected);
    });
  }

  test("what is no entry", () => {
    for (const line of ["", "25017", "25017 ", ":a", "x :a", "99999999999 :a"]) {
      assert.equal(dovecotUidlist.readEntry(line, dovecotHead), undefined, line);
    }
  });
});

describe("courierpop3dsizelist", () => {
  for (const [line, head] of [
    ["/2 7 1275660208", courierHead],
    ["/3 7 1275660208", courierHead],
    ["/1 7 1275660208", undefined],
    ["/2 7", undefined],
    ["", undefined],
  ] as const) {
    test(`head ${JSON.stringify(line)}`, () => {
      assert.deepEqual(courierList.readHead(line), head);
    });
  }

  for (const [line, base, number, validity, uid, octets] of [
    [
      "1276.M2.host,S=5:2,S 2481 6:1275660208",
      "1276.M2.host,S=5",
      6,
      1_275_660_208,
      "UID6-1275660208",
      2481,
    ],
    ["1276.host 2481 6:1275660208:1", "1276.host", 6, 1_275_660_208, "UID6-1275660208", 2481],
    ["1276.host 2481 6:0", "1276.host", 6, 0, "UID6", 2481],
    ["1276.host:2, 2481 0:0:0", "1276.host", 0, 0, "1276.host", 2481],
    ["a +\xe9 1 0:0", "a +\xe9", 0, 0, "a+20+2B+E9", 1],
  ] as const) {
    test(`entry ${JSON.stringify(line)}`, () => {
      const expected = { base, number, validity, uid, octets };
      assert.deepEqual(courierList.readEntry(line, courierHead), expected);
    });
  }

  test("what is no entry", () => {
    for (const line of ["", "1276.host", "1276.host 5", "1276.host 5 6", " 5 6:7:8:9", "a 5 6:x"]) {
      assert.equal(courierList.readEntry(line, courierHead), undefined, line);
    }
  });
});
