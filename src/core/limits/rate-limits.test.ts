import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseIp } from "../mail/ip.ts";
import { createRateLimits, type RateLimits, type Rates } from "./rate-limits.ts";
import { type Sender, subjectsOf } from "./subject.ts";
import { describeLimit } from "./words.ts";

const hour = 3_600_000;
const noRates: Rates = { client: {}, network: {}, login: {}, grant: {} };

function from(address: string, more: Partial<Sender> = {}): ReturnType<typeof subjectsOf> {
  const client = parseIp(address)!;
  return subjectsOf({ client, login: undefined, grant: undefined, isExempt: false, ...more });
}

function use(limits: RateLimits, address: string): boolean {
  return limits.take("messages", from(address), 0) === undefined;
}

/** Whether they are one client, and whether one network. */
function together(one: string, other: string): readonly boolean[] {
  return from(one).map(({ key }, index) => key === from(other)[index]?.key);
}

describe("limits over time", () => {
  test("count messages and recipients apart, and say which is used up", () => {
    const rates: Rates = {
      ...noRates,
      client: { messages: { amount: 1, period: hour }, recipients: { amount: 2, period: 60_000 } },
    };
    const limits = createRateLimits(rates);
    const subjects = from("192.0.2.1");
    assert.equal(limits.take("recipients", subjects, 0), undefined);
    assert.equal(limits.reached(["messages", "recipients"], subjects, 0), undefined);
    assert.equal(limits.take("messages", subjects, 0), undefined);
    assert.equal(limits.take("messages", subjects, 0), "1 message an hour from your address");
    assert.equal(limits.take("recipients", subjects, 0), undefined);
    assert.equal(limits.take("recipients", subjects, 0), "2 recipients a minute from your address");
    assert.equal(limits.reached(["recipients"], subjects, 30_000), undefined);
  });

  test("take from all allowances or from none", () => {
    const rate = { amount: 1, period: hour };
    const rates: Rates = {
      ...noRates,
      client: { messages: rate },
      network: { messages: { amount: 2, period: hour } },
    };
    const limits = createRateLimits(rates);
    assert.equal(limits.take("messages", from("192.0.2.1"), 0), undefined);
    // Refused for its address: that is nothing to its neighbours.
    assert.match(limits.take("messages", from("192.0.2.1"), 0)!, /from your address$/);
    assert.equal(limits.take("messages", from("192.0.2.2"), 0), undefined);
    assert.match(limits.take("messages", from("192.0.2.3"), 0)!, /from your network$/);
    assert.equal(limits.take("messages", from("192.0.3.3"), 0), undefined);
  });

  test("count a login and a grant by their account, from wherever it comes", () => {
    const rate = { amount: 1, period: 86_400_000 };
    const all = { messages: rate, recipients: rate };
    const limits = createRateLimits({ client: all, network: all, login: all, grant: all });
    const ann = { login: "ann@example.org" };
    assert.equal(limits.take("messages", from("192.0.2.1", ann), 0), undefined);
    assert.equal(
      limits.take("messages", from("198.51.100.9", ann), 0),
      "1 message a day for your login",
    );
    const roaming = { grant: { account: "ann@example.org" } };
    assert.equal(limits.take("messages", from("192.0.2.1", roaming), 0), undefined);
    assert.equal(
      limits.take("messages", from("192.0.2.1", roaming), 0),
      "1 message a day for your account",
    );
    assert.equal(limits.take("messages", from("192.0.2.1"), 0), undefined);
  });

  test("let those alone whom the operator lets relay", () => {
    const all = { messages: { amount: 1, period: hour } };
    const limits = createRateLimits({ ...noRates, client: all, network: all });
    const subjects = from("192.0.2.1", { isExempt: true });
    for (let message = 0; message < 10; message++) {
      assert.equal(limits.take("messages", subjects, 0), undefined);
    }
    assert.equal(limits.take("messages", from("192.0.2.1"), 0), undefined);
  });

  test("go on with what is used where they have not changed", () => {
    const one = { amount: 1, period: hour };
    const first = createRateLimits({ ...noRates, client: { messages: one } });
    assert.equal(use(first, "192.0.2.1"), true);
    const same = createRateLimits({ ...noRates, client: { messages: { ...one } } }, first);
    assert.equal(use(same, "192.0.2.1"), false);
    const more = createRateLimits(
      { ...noRates, client: { messages: { amount: 2, period: hour } } },
      same,
    );
    assert.equal(use(more, "192.0.2.1"), true);
    const none = createRateLimits(noRates, more);
    assert.equal(use(none, "192.0.2.1"), true);
    assert.deepEqual(none.tables.client, {});
  });
});

describe("who counts together", () => {
  const pairs: readonly (readonly [string, string, boolean, boolean])[] = [
    ["192.0.2.1", "192.0.2.1", true, true],
    ["192.0.2.1", "::ffff:192.0.2.1", true, true],
    ["192.0.2.1", "192.0.2.2", false, true],
    ["192.0.2.1", "192.0.3.1", false, false],
    ["2001:db8::1", "2001:db8::ffff:0:0:1", true, true],
    ["2001:db8::1", "2001:db8:0:1::1", false, true],
    ["2001:db8::1", "2001:db8:1::1", false, false],
    ["192.0.2.1", "c000:201::", false, false],
  ];
  for (const [one, other, client, network] of pairs) {
    test(`${one} and ${other}`, () => assert.deepEqual(together(one, other), [client, network]));
  }
});

test("a limit in words", () => {
  const words = [1000, 60_000, 90_000, hour, 2 * hour, 24 * hour, 7 * 24 * hour].map((period) =>
    describeLimit({ amount: 5, period }, "recipients", "network"),
  );
  assert.deepEqual(
    words.map((text) => text.replace("5 recipients ", "").replace(" from your network", "")),
    ["a second", "a minute", "in 90 seconds", "an hour", "in 2 hours", "a day", "in 7 days"],
  );
});
