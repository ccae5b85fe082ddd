import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { formatIp } from "../mail/ip.ts";
import type { AddressLookup } from "./answer.ts";
import { afterTest, faultShown, type Health, testPoints, untilNextTest } from "./health.ts";
import { queryName } from "./query-name.ts";

const none: AddressLookup = { kind: "none" };
const silent: AddressLookup = { kind: "unknown", why: "no answer within 5 s" };

function at(...addresses: readonly string[]): AddressLookup {
  return { kind: "addresses", addresses };
}

test("the test points are those of RFC 5782 §5", () => {
  const { listed, unlisted } = testPoints(4);
  assert.deepEqual([listed, unlisted].map(formatIp), ["127.0.0.2", "127.0.0.1"]);
  assert.equal(
    queryName(testPoints(6).listed, "l"),
    "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.l",
  );
});

suite("what the test points show", () => {
  const cases = [
    ["a list in order", at("127.0.0.2"), none, undefined],
    ["a list with several codes", at("127.0.0.2", "127.0.0.10"), none, undefined],
    ["the world listed", at("127.0.0.2"), at("127.0.0.2"), /lists 127\.0\.0\.1/],
    ["an empty zone", none, none, /does not list 127\.0\.0\.2/],
    ["questions refused", at("127.255.255.254"), none, /refuses the question/],
    ["a domain for sale", at("192.0.2.7"), at("192.0.2.7"), /answers 192\.0\.2\.7/],
    ["only misses hijacked", at("127.0.0.2"), at("192.0.2.7"), /answers 192\.0\.2\.7/],
    ["silence", silent, silent, /no answer/],
    ["half an answer", at("127.0.0.2"), silent, /no answer/],
  ] as const;
  for (const [title, listed, unlisted, fault] of cases) {
    test(title, () => {
      const found = faultShown(listed, unlisted);
      if (fault === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", fault);
    });
  }
});

test("a list is set aside, and taken back", () => {
  const states: Health[] = [{ state: "untested" }];
  const steps = [undefined, undefined, "silent", "lists everybody", undefined, undefined];
  for (const [index, fault] of steps.entries()) {
    states.push(afterTest(states.at(-1)!, fault, 1000 * (index + 1)));
  }
  assert.deepEqual(states.slice(1), [
    { state: "healthy", since: 1000 },
    { state: "healthy", since: 1000 },
    { state: "set-aside", since: 3000, why: "silent" },
    { state: "set-aside", since: 3000, why: "lists everybody" },
    { state: "healthy", since: 5000 },
    { state: "healthy", since: 5000 },
  ]);
  assert.equal(untilNextTest(states[1]!), 3_600_000);
  assert.ok(untilNextTest(states[3]!) < 3_600_000);
});
