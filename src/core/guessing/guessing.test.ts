import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { type IpAddress, parseIp } from "../mail/ip.ts";
import { Guessing, type GuessingRates, type Login, type Outcome } from "./guessing.ts";

const hour = 3_600_000;

const rates: GuessingRates = {
  client: { amount: 20, period: hour },
  network: { amount: 60, period: hour },
  names: { amount: 10, period: hour },
  account: { amount: 100, period: hour },
  known: { amount: 20, period: hour },
};

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

function from(client: string, user = "alice", isKnown = false): Login {
  return { client: ip(client), user, isKnown };
}

/** A whole login; undefined where it is turned away before the check. */
function tries(guessing: Guessing, login: Login, now: number, result: Omit<Outcome, keyof Login>) {
  if (guessing.admit(login, now).verdict === "refuse") return undefined;
  return guessing.settle({ ...login, ...result }, now);
}

const wrong = (digest?: string) => ({ result: "wrong", digest }) as const;
const good = { result: "good" } as const;

suite("a guesser", () => {
  test("waits longer each time, and is banned with the last guess of the allowance", () => {
    const guessing = new Guessing(rates);
    const settled = Array.from({ length: 20 }, (_, index) =>
      tries(guessing, from("192.0.2.1"), index, wrong(`password ${index}`)),
    );
    assert.deepEqual(
      settled.slice(0, 6).map((each) => each?.delayMs),
      [2000, 2000, 4000, 8000, 15_000, 15_000],
    );
    assert.ok(settled.slice(0, -1).every((each) => each?.ban === undefined));
    assert.deepEqual(settled.at(-1)?.ban, {
      prefix: { address: ip("192.0.2.1"), length: 32 },
      reason: "guesses",
      evidence: { guesses: 20, names: ["alice"] },
    });
    const more = guessing.admit(from("192.0.2.1"), 20);
    assert.deepEqual(more, { verdict: "refuse", why: "client" });
  });

  test("is known by the tenth name", () => {
    const guessing = new Guessing(rates);
    const settled = Array.from({ length: 10 }, (_, index) =>
      tries(guessing, from("2001:db8::1", `user${index}`), index, wrong("the same")),
    );
    const ban = settled.findIndex((each) => each?.ban !== undefined);
    assert.equal(ban, 9);
    const { prefix, reason } = settled[9]?.ban ?? assert.fail();
    assert.deepEqual([prefix, reason], [{ address: ip("2001:db8::"), length: 64 }, "names"]);
  });

  test("who spreads over a network has the whole network banned", () => {
    const guessing = new Guessing(rates);
    const bans = Array.from({ length: 60 }, (_, index) =>
      tries(guessing, from(`192.0.2.${index}`), index, wrong(`${index}`)),
    ).flatMap((each) => each?.ban ?? []);
    assert.deepEqual(
      bans.map(({ reason, prefix }) => [reason, prefix.length]),
      [["network", 24]],
    );
  });

  test("who spreads over the Internet cannot go on at one account", () => {
    const guessing = new Guessing(rates);
    const settled = Array.from({ length: 200 }, (_, index) =>
      tries(guessing, from(`198.${index}.0.1`), 0, wrong(`${index}`)),
    );
    assert.equal(settled.filter((each) => each !== undefined).length, 100);
  });

  test("need not wait for the delay to learn what is right: it is the same", () => {
    for (let guesses = 1; guesses < 8; guesses++) {
      const [one, other] = [new Guessing(rates), new Guessing(rates)];
      for (const guessing of [one, other]) {
        for (let count = 0; count < guesses; count++) {
          tries(guessing, from("192.0.2.1"), 0, wrong(`${count}`));
        }
      }
      const right = tries(one, from("192.0.2.1"), 0, good)?.delayMs;
      assert.equal(right, tries(other, from("192.0.2.1"), 0, wrong("last"))?.delayMs);
    }
  });

  test("never has more tries than the allowance and what comes back of it, however it hurries", () => {
    const anyTry = fc.record({
      gap: fc.integer({ min: 0, max: 600_000 }),
      parallel: fc.integer({ min: 1, max: 30 }),
      user: fc.constantFrom("alice", "bob", "carol"),
      isAbandoned: fc.boolean(),
      /** The guesser's own account, good at once. */
      ownLogins: fc.integer({ min: 0, max: 2 }),
      ownMistakes: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(anyTry, { maxLength: 40 }), (all) => {
        const guessing = new Guessing({ ...rates, names: undefined });
        const amount = rates.client?.amount ?? 0;
        let now = 0;
        let guesses = 0;
        let serial = 0;
        for (const { gap, parallel, user, isAbandoned, ownLogins, ownMistakes } of all) {
          now += gap;
          for (let count = 0; count < ownMistakes; count++) {
            tries(guessing, from("192.0.2.1", "own"), now, wrong(`${serial++}`));
          }
          const logins = Array.from({ length: parallel }, () => from("192.0.2.1", user));
          // All at once, before any has come to something.
          const admitted = logins.filter((login) => guessing.admit(login, now).verdict === "go on");
          guesses += admitted.length;
          for (const login of isAbandoned ? [] : admitted) {
            guessing.settle({ ...login, ...wrong(`${serial++}`) }, now);
          }
          for (let count = 0; count < ownLogins; count++) {
            tries(guessing, from("192.0.2.1", "own"), now, good);
          }
          assert.ok(guesses <= amount + (amount * now) / hour + 1e-6);
        }
      }),
    );
  });
});

suite("a user", () => {
  test("whose forgotten phone repeats one wrong password for a day is no guesser", () => {
    const guessing = new Guessing(rates);
    for (let now = 0; now < 24 * hour; now += 120_000) {
      const settled = tries(guessing, from("192.0.2.1"), now, wrong("old"));
      assert.ok(settled !== undefined && settled.ban === undefined);
    }
    assert.equal(tries(guessing, from("192.0.2.1"), 24 * hour, good)?.delayMs, 0);
  });

  test("is slowed down all the same when the phone goes mad", () => {
    const guessing = new Guessing(rates);
    const settled = Array.from({ length: 1000 }, () =>
      tries(guessing, from("192.0.2.1"), 0, wrong("old")),
    );
    assert.equal(settled.filter((each) => each !== undefined).length, 101);
  });

  test("who types it right in the end is forgiven the mistakes, and nobody else's", () => {
    const guessing = new Guessing(rates);
    for (let count = 0; count < 5; count++) {
      tries(guessing, from("192.0.2.1", "mallory"), 0, wrong(`m${count}`));
      tries(guessing, from("192.0.2.1"), 0, wrong(`a${count}`));
    }
    tries(guessing, from("192.0.2.1"), 0, good);
    const left = Array.from({ length: 30 }, (_, index) =>
      tries(guessing, from("192.0.2.1", "mallory"), 0, wrong(`n${index}`)),
    ).filter((each) => each !== undefined);
    assert.equal(left.length, 15);
  });

  test("is not slowed down or banned by others who log in at the same time", () => {
    const guessing = new Guessing(rates);
    const logins = Array.from({ length: 20 }, (_, index) => from("192.0.2.1", `user${index}`));
    for (const login of logins) assert.equal(guessing.admit(login, 0).verdict, "go on");
    const first = logins[0] ?? assert.fail();
    assert.deepEqual(guessing.settle({ ...first, ...wrong("mistyped") }, 0), { delayMs: 2000 });
    for (const login of logins.slice(1)) {
      const { delayMs, ban } = guessing.settle({ ...login, ...good }, 0);
      assert.deepEqual([delayMs <= 2000, ban], [true, undefined]);
    }
  });

  test("known at an address has an allowance of its own there", () => {
    const guessing = new Guessing(rates);
    for (let count = 0; count < 400; count++) {
      tries(guessing, from(`198.51.${count % 200}.1`), 0, wrong(`${count}`));
      tries(guessing, from("192.0.2.1", `user${count}`), 0, wrong());
    }
    assert.equal(guessing.admit(from("192.0.2.1"), 0).verdict, "refuse");
    const known = from("192.0.2.1", "alice", true);
    assert.equal(tries(guessing, known, 0, good)?.delayMs, 0);
    const mistakes = Array.from({ length: 30 }, (_, index) =>
      tries(guessing, known, 0, wrong(`${index}`)),
    );
    assert.equal(mistakes.filter((each) => each !== undefined).length, 20);
    assert.ok(mistakes.every((each) => each?.ban === undefined));
  });
});

test("an attempt that came to no verdict costs nothing", () => {
  const guessing = new Guessing(rates);
  for (let count = 0; count < 100; count++) {
    const settled = tries(guessing, from("192.0.2.1"), 0, { result: "none" });
    assert.deepEqual(settled, { delayMs: 0 });
  }
});

test("without rates nobody is refused or banned", () => {
  const none = undefined;
  const guessing = new Guessing({
    client: none,
    network: none,
    names: none,
    account: none,
    known: none,
  });
  for (let count = 0; count < 100; count++) {
    const settled = tries(guessing, from("192.0.2.1", `u${count}`), 0, wrong(`${count}`));
    assert.deepEqual(settled, { delayMs: 2000 });
  }
});

test("a flood from everywhere is remembered in bounded memory", () => {
  const guessing = new Guessing(rates);
  for (let count = 0; count < 60_000; count++) {
    const client = `${1 + (count % 200)}.${(count >> 8) & 255}.${count & 255}.9`;
    tries(guessing, from(client, `user${count}`), count, wrong());
  }
  assert.equal(guessing.size, 50_000);
});
