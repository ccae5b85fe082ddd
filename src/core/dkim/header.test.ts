import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { authorDomain } from "./author-domain.ts";
import { fieldsToSign, namesToSign, readHeader, relaxField } from "./header.ts";

const header = readHeader(
  "A: X\r\nB : Y\t\r\n\tZ  \r\nno field\r\nFrom: a@example.org\r\n" +
    "List-Id: <one>\r\nList-Id: <two>\r\nDate: now\r\n",
);

test("fields are relaxed as RFC 6376 §3.4.5 shows", () => {
  assert.deepEqual(header.slice(0, 2).map(relaxField), ["a:X", "b:Y Z"]);
});

describe("of a header", () => {
  const names = namesToSign(header);
  const count = (name: string) => names.filter((each) => each === name).length;

  test("what is there is signed, and what readers are shown is sealed", () => {
    assert.equal(count("From"), 2);
    assert.equal(count("Date"), 2);
    assert.equal(count("Subject"), 1, "although there is none");
    assert.equal(count("List-Id"), 2);
    assert.equal(count("Message-ID"), 0, "the next server may add one");
    assert.equal(count("A"), 0);
  });

  test("the last field of a name is signed first", () => {
    assert.deepEqual(fieldsToSign(header, ["List-ID", "list-id", "List-Id", "Subject"]), [
      "list-id:<two>",
      "list-id:<one>",
    ]);
  });
});

describe("the author's domain", () => {
  const cases: readonly (readonly [readonly string[], string | undefined])[] = [
    [[" Alice <alice@Example.ORG>"], "example.org"],
    [["a@example.org, b@example.org"], "example.org"],
    [["a@example.org, b@example.net"], undefined],
    [["a@example.org", "a@example.org"], undefined],
    [[], undefined],
    [["undisclosed:;"], undefined],
    [["a@[192.0.2.1]"], undefined],
    [["Alice, of Example <a@example.org>"], undefined],
    [["ä@bücher.example"], "xn--bcher-kva.example"],
  ];
  for (const [from, wanted] of cases) {
    test(JSON.stringify(from), () => assert.equal(authorDomain(from), wanted));
  }
});
