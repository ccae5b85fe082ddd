import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readStsRecord } from "./record.ts";

describe("the record of a policy", () => {
  const ids = {
    "v=STSv1; id=20160831085700Z;": "20160831085700Z", // RFC 8461 §3.1
    "v=STSv1;id=1": "1",
    "v=STSv1 ;\tid=a1 ": "a1",
    "v=STSv1; x.y=z; id=abc; more-of_it=!~": "abc",
    "v=STSv1; id=first; id=second": "first",
    [`v=STSv1; id=${"a".repeat(32)}`]: "a".repeat(32),
  };
  for (const [text, id] of Object.entries(ids)) {
    test(text, () => assert.deepEqual(readStsRecord([text]), { kind: "id", id }));
  }

  const wrong = {
    "v=STSv1": "the record has no id",
    "v=STSv1;": "the record has no id",
    "v=STSv1; ID=1": "the record has no id",
    "v=STSv1; id=": "the record is no list of fields",
    "v=STSv1; id = 1": "the record is no list of fields",
    "v=STSv1;; id=1": "the record is no list of fields",
    "v=STSv1; id=1; and more": "the record is no list of fields",
    "v=STSv1; id=a-b": "the id is not 1 to 32 letters and digits",
    [`v=STSv1; id=${"a".repeat(33)}`]: "the id is not 1 to 32 letters and digits",
  };
  for (const [text, why] of Object.entries(wrong)) {
    test(text, () => assert.deepEqual(readStsRecord([text]), { kind: "none", why }));
  }

  test("others' records are none of its business", () => {
    const others = ["v=spf1 -all", "", "v=stsv1; id=1", "v=STSv10; id=1", " v=STSv1; id=1"];
    assert.deepEqual(readStsRecord(others), { kind: "none" });
    assert.deepEqual(readStsRecord([...others, "v=STSv1; id=2;"]), { kind: "id", id: "2" });
  });

  test("two are as good as none", () => {
    const { kind } = readStsRecord(["v=STSv1; id=1", "v=STSv1; id=1"]);
    assert.equal(kind, "none");
  });
});

test("a field of blanks takes no longer than any other", () => {
  const begun = performance.now();
  readStsRecord([`v=STSv1; id=a${" ".repeat(65_000)}b`]);
  // A pattern that tries each blank as the last one takes many seconds.
  assert.ok(performance.now() - begun < 1_000);
});
