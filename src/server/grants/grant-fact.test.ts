import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import type { Standing } from "../../core/grants/standing.ts";
import type { RoamingSettings } from "../../core/config/settings.ts";
import { type Address, formatAddress, parseAddress } from "../../core/mail/address.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import { ann, bob, home, usual } from "./fixture.test.ts";
import { createGrantFact } from "./grant-fact.ts";

function address(text: string): Address {
  const found = parseAddress(text);
  return found.ok ? found.value : assert.fail(text);
}

const none = known({ kind: "none" });

interface World {
  readonly standing?: Fact<Standing | undefined>;
  readonly settings?: RoamingSettings;
  /** Lookups of whose answer nothing is known at once. */
  readonly slow?: boolean;
  readonly isDown?: boolean;
}

function factIn({ standing = known(undefined), settings = usual, slow, isDown }: World) {
  const answer = <Value>(value: Value) => {
    const found = isDown === true ? unknown("the store is down") : known(value);
    return slow === true ? Promise.resolve(found) : found;
  };
  return createGrantFact({
    grants: { settings, standing: () => standing },
    ownsSender: (account, sender) =>
      answer(sender === null || formatAddress(sender) === account || account === bob),
    classify: ({ domain }) =>
      answer({ kind: domain === "example.org" ? ("mailbox" as const) : ("foreign" as const) }),
  });
}

function question(sender: string | null = ann) {
  return { role: "mx", client: home, sender: sender === null ? null : address(sender) } as const;
}

function grants(
  accounts: readonly (string | null)[],
  over: readonly string[] = [],
): Fact<Standing | undefined> {
  const ended = over.map((account, index) => ({ account, expiredAt: index }));
  return known({ kind: "grants", live: accounts, over: ended });
}

function live(account: string | null, covers = true) {
  return known({ kind: "live", account, covers });
}

suite("the fact of the grant", () => {
  test("is there at once for the account's own address, or where there is nothing", () => {
    assert.deepEqual(factIn({}).held(question()), none);
    assert.deepEqual(factIn({ standing: grants([]) }).held(question()), none);
    assert.deepEqual(factIn({ standing: grants([ann]) }).held(question()), live(ann));
    const other = factIn({ standing: grants([ann]) }).held(question("zoe@example.com"));
    assert.deepEqual(other, live(ann, false));
    assert.deepEqual(factIn({ standing: unknown("loading") }).held(question()), unknown("loading"));
    const shared = known({ kind: "shared", accounts: 5 } as const);
    assert.deepEqual(factIn({ standing: shared }).held(question()), shared);
    assert.deepEqual(
      factIn({ standing: grants([ann]) }).held({ ...question(), role: "submission" }),
      none,
    );
  });

  for (const slow of [false, true]) {
    const when = slow ? ", looked up" : "";
    test(`is good for any account of a family${when}`, async () => {
      const fact = factIn({ standing: grants([ann, bob]), slow });
      assert.deepEqual(await fact.held(question("zoe@example.com")), live(bob));
      assert.deepEqual(await fact.held(question(null)), live(ann, false));
      const nobodys = factIn({ standing: grants([ann]), slow });
      assert.deepEqual(await nobodys.held(question("zoe@example.com")), live(ann, false));
    });

    test(`without an account is for senders with a mailbox here${when}`, async () => {
      const fact = factIn({ standing: grants([null]), slow });
      assert.deepEqual(await fact.held(question()), live(null));
      assert.deepEqual(await fact.held(question(null)), live(null, false));
      assert.deepEqual(await fact.held(question("zoe@example.com")), live(null, false));
      const any = factIn({
        standing: grants([null]),
        settings: { ...usual, senders: "any" },
        slow,
      });
      assert.deepEqual(await any.held(question("zoe@example.com")), live(null));
      assert.deepEqual(await any.held(question(null)), live(null));
    });

    test(`is unknown where a lookup that fails might have found it${when}`, async () => {
      const fact = factIn({ standing: grants([ann]), slow, isDown: true });
      assert.deepEqual(await fact.held(question()), unknown("the store is down"));
      const any = factIn({
        standing: grants([ann]),
        slow,
        isDown: true,
        settings: { ...usual, senders: "any" },
      });
      assert.deepEqual(await any.held(question()), live(ann));
    });

    test(`tells of an end to whom it concerns alone${when}`, async () => {
      const fact = factIn({ standing: grants([], ["zoe@example.org", ann]), slow });
      assert.deepEqual(await fact.held(question()), none);
      assert.deepEqual(
        await fact.withOver(question()),
        known({ kind: "expired", account: ann, expiredAt: 1 }),
      );
      assert.deepEqual(await fact.withOver(question("x@example.com")), none);
      const family = factIn({ standing: grants(["zoe@example.org"], [ann]), slow });
      assert.deepEqual(
        await family.withOver(question()),
        known({ kind: "expired", account: ann, expiredAt: 0 }),
      );
      assert.deepEqual(await family.withOver(question("zoe@example.org")), live("zoe@example.org"));
    });
  }

  test("asks of a few only that are over, however many there were", async () => {
    let asked = 0;
    const many = Array.from({ length: 100 }, (_, index) => `u${index}@example.org`);
    const fact = createGrantFact({
      grants: { settings: usual, standing: () => grants([], many) },
      ownsSender() {
        asked++;
        return known(false);
      },
      classify: () => known({ kind: "foreign" }),
    });
    assert.deepEqual(await fact.withOver(question()), none);
    assert.equal(asked, 5);
  });
});

test("under `own` nobody sends as another, whoever else is there, and however slow the look-ups", async () => {
  const names = ["ann", "bob", "cid", "dan"].map((name) => `${name}@example.org`);
  const anyWorld = fc.record({
    live: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 }),
    over: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 }),
    owners: fc.uniqueArray(fc.constantFrom(...names)),
    slow: fc.uniqueArray(fc.constantFrom(...names)),
    down: fc.uniqueArray(fc.constantFrom(...names)),
  });
  await fc.assert(
    fc.asyncProperty(anyWorld, async ({ live: accounts, over, owners, slow, down }) => {
      const fact = createGrantFact({
        grants: { settings: usual, standing: () => grants(accounts, over) },
        ownsSender(account) {
          const isDown = down.includes(account);
          const found = isDown ? unknown("down") : known(owners.includes(account));
          return slow.includes(account) ? Promise.resolve(found) : found;
        },
        classify: () => known({ kind: "foreign" }),
      });
      const found = await fact.withOver(question("sales@example.org"));
      const owns = (account: string) => owners.includes(account) && !down.includes(account);
      const covering = accounts.filter(owns);
      if (covering.length > 0) {
        assert.ok(found.known && found.value.kind === "live" && found.value.covers);
        assert.ok(covering.includes(found.value.account ?? ""));
      } else if (accounts.some((account) => down.includes(account))) {
        assert.equal(found.known, false);
      } else {
        assert.ok(found.known);
        assert.ok(found.value.kind !== "live" || !found.value.covers);
        if (found.value.kind === "expired") assert.ok(owns(found.value.account ?? ""));
      }
    }),
  );
});
