import assert from "node:assert/strict";
import test from "node:test";
import { parseIp, parsePrefix } from "../mail/ip.ts";
import { BanLedger } from "./ban-ledger.ts";
import { type Ban, sentence } from "./ban.ts";

const minute = 60_000;
const day = 86_400_000;

function prefix(text: string): Ban["prefix"] {
  return parsePrefix(text) ?? assert.fail(text);
}

function ban(text: string, changes: Partial<Ban> = {}): Ban {
  const evidence = { guesses: 20, names: ["alice"], last: 0 };
  const charge = { prefix: prefix(text), reason: "guesses", evidence } as const;
  return { ...sentence(charge, undefined, { lengths: [15 * minute], utc: 0 }), ...changes };
}

function findsAt(ledger: BanLedger, client: string, utc: number): boolean {
  return ledger.find(parseIp(client) ?? assert.fail(client), utc) !== undefined;
}

test("a ban holds for its clients, until it ends or is lifted", () => {
  const ledger = new BanLedger();
  ledger.impose(ban("192.0.2.7"));
  ledger.impose(ban("2001:db8::/48", { until: null }));
  assert.equal(findsAt(ledger, "192.0.2.7", 0), true);
  assert.equal(findsAt(ledger, "192.0.2.8", 0), false);
  assert.equal(findsAt(ledger, "192.0.2.7", 15 * minute), false);
  assert.equal(findsAt(ledger, "2001:db8:0:9::1", 900 * day), true);
  assert.equal(findsAt(ledger, "2001:db8:1::1", 0), false);
  assert.equal(ledger.lift(prefix("2001:db8::/48")), true);
  assert.equal(findsAt(ledger, "2001:db8:0:9::1", 0), false);
  assert.equal(ledger.lift(prefix("2001:db8::/48")), false);
});

test("of two bans the one counts that lasts longer", () => {
  const ledger = new BanLedger([ban("192.0.2.0/24", { until: day }), ban("192.0.2.7")]);
  const found = ledger.find(parseIp("192.0.2.7") ?? assert.fail(), 0);
  assert.equal(found?.prefix.length, 24);
});

test("a clock that is set back ends a ban", () => {
  const ledger = new BanLedger([ban("192.0.2.7", { since: 400 * day, until: 401 * day })]);
  assert.equal(findsAt(ledger, "192.0.2.7", 400 * day), true);
  assert.equal(findsAt(ledger, "192.0.2.7", 35 * day), false);
});

test("the next ban is longer, up to the last length", () => {
  const lengths = [15 * minute, 60 * minute];
  let last: Ban | undefined;
  const seen = [1, 2, 3].map((utc) => {
    last = sentence(ban("192.0.2.7"), last, { lengths, utc });
    return [last.times, (last.until ?? 0) - last.since];
  });
  assert.deepEqual(seen, [
    [1, 15 * minute],
    [2, 60 * minute],
    [3, 60 * minute],
  ]);
});

test("what is long over makes room, and a flood of bans the oldest, never the operator's", () => {
  const ledger = new BanLedger();
  ledger.impose(ban("203.0.113.1", { reason: "operator", until: null }));
  for (let count = 0; count < 21_000; count++) {
    ledger.impose(ban(`10.${count >> 16}.${(count >> 8) & 255}.${count & 255}`));
  }
  assert.equal(ledger.size, 20_000);
  assert.equal(findsAt(ledger, "203.0.113.1", 0), true);
  assert.equal(findsAt(ledger, "10.0.0.1", 0), false);
  for (let count = 0; count < 10; count++) {
    const { dropped } = ledger.impose(ban(`192.0.2.${count}`, { since: 40 * day }));
    assert.equal(dropped.length, 2);
  }
  assert.equal(ledger.size, 19_990);
});

test("what others have changed takes the place of what was here, but for what is newer", () => {
  const ledger = new BanLedger([ban("192.0.2.1"), ban("192.0.2.2"), ban("2001:db8::/48")]);
  ledger.impose(ban("192.0.2.3", { since: 100, until: day }));
  const read = [ban("192.0.2.2", { until: 2 * day }), ban("192.0.2.4", { until: day })];
  const lifted = ledger.renew(read, 100);
  assert.deepEqual(lifted, [prefix("192.0.2.1"), prefix("2001:db8::/48")]);
  assert.deepEqual(
    ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "2001:db8::1"].map((client) =>
      findsAt(ledger, client, day - 1),
    ),
    [false, true, true, true, false],
  );
  assert.equal(ledger.size, 3);
});
