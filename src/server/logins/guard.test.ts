import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import type { Ban } from "../../core/guessing/ban.ts";
import { BanLedger } from "../../core/guessing/ban-ledger.ts";
import { type KnownAddress, KnownAddresses } from "../../core/guessing/known-addresses.ts";
import { formatPrefix, type IpAddress, parseIp } from "../../core/mail/ip.ts";
import type { CredentialQuestion } from "../../core/sasl/credentials.ts";
import type { Outcome } from "../../core/sasl/exchange.ts";
import { type Attempt, Guard, type GuardOptions } from "./guard.ts";

const hour = 3_600_000;

const settings: GuardOptions["settings"] = {
  rates: {
    client: { amount: 20, period: hour },
    network: { amount: 60, period: hour },
    names: { amount: 10, period: hour },
    account: { amount: 100, period: hour },
    known: { amount: 20, period: hour },
  },
  ban: [hour / 4, hour],
  allow: [],
};

const wrong: Outcome = { kind: "failure", reason: "rejected", why: "wrong", user: undefined };
const unavailable: Outcome = { ...wrong, reason: "unavailable" };
const good: Outcome = { kind: "success", account: "alice@example.org" };

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

function password(user: string, text: string): CredentialQuestion {
  return { kind: "password", user, actAs: undefined, password: { sent: text, prepared: text } };
}

/** A guard on a clock that the test moves. */
function setUp(changes: Partial<GuardOptions> = {}) {
  const time = { now: 1_000_000 };
  const kept: { bans: Ban[]; known: KnownAddress[]; logged: string[] } = {
    bans: [],
    known: [],
    logged: [],
  };
  const ledger = new BanLedger();
  const say = (_: object, text: string) => void kept.logged.push(text);
  const guard = new Guard({
    settings,
    isAllowed: () => false,
    ledger,
    known: new KnownAddresses(),
    keeper: {
      note: (change) => void kept.bans.push(...change.kept),
      noteKnown: (known) => void kept.known.push(known),
    },
    clock: { now: () => time.now, elapsed: () => time.now },
    secret: new Uint8Array(16),
    log: { info: say, warn: say, error: say },
    ...changes,
  });

  function logIn(client: string, question: CredentialQuestion, outcome: Outcome) {
    if (guard.mayTry(ip(client)) !== undefined) return "turned away" as const;
    const begun = guard.begin(ip(client), question);
    if (begun.verdict === "refuse") return "refused" as const;
    return guard.settle(begun.attempt, outcome);
  }

  /** Guesses until there is a ban. */
  function guess(client: string, user = "alice"): Ban | undefined {
    for (let count = 0; count < 100; count++) {
      const settled = logIn(client, password(user, `${time.now} ${count}`), wrong);
      if (typeof settled === "string") return undefined;
      if (settled.ban !== undefined) return settled.ban;
    }
    return undefined;
  }

  return { guard, time, kept, ledger, logIn, guess };
}

suite("a guesser", () => {
  test("is banned, told so in the log, and longer the next time", () => {
    const { time, kept, guess, logIn } = setUp();
    const first = guess("192.0.2.1") ?? assert.fail();
    assert.equal(formatPrefix(first.prefix), "192.0.2.1/32");
    assert.deepEqual(first.evidence, { guesses: 20, names: ["alice"], last: time.now });
    assert.match(kept.logged.at(-1) ?? "", /^192\.0\.2\.1\/32 may not log in until 1970-.*guesses/);
    assert.deepEqual(kept.bans, [first]);
    assert.equal(logIn("192.0.2.1", password("alice", "right"), good), "turned away");
    time.now += hour / 4;
    const second = guess("192.0.2.1") ?? assert.fail();
    assert.equal(second.times, 2);
    assert.equal((second.until ?? 0) - second.since, hour);
  });

  test("who owns a good account is not let in for others by it", () => {
    const { logIn, guess } = setUp();
    logIn("192.0.2.1", password("mallory", "own"), good);
    guess("192.0.2.1");
    assert.notEqual(typeof logIn("192.0.2.1", password("mallory", "own"), good), "string");
    assert.equal(logIn("192.0.2.1", password("alice", "guess"), wrong), "refused");
  });

  test("gets one ban, however many tries are under way", () => {
    const { guard, kept } = setUp();
    const attempts = Array.from({ length: 50 }, (_, index) =>
      guard.begin(ip("192.0.2.1"), password("alice", `${index}`)),
    ).flatMap((begun): Attempt[] => (begun.verdict === "go on" ? [begun.attempt] : []));
    assert.equal(attempts.length, 20);
    for (const attempt of attempts) guard.settle(attempt, wrong);
    assert.equal(kept.bans.length, 1);
  });

  test("of SCRAM counts with every try: the password is not seen", () => {
    const { logIn } = setUp();
    const question: CredentialQuestion = {
      kind: "scram-keys",
      hash: "sha256",
      user: "alice",
      actAs: undefined,
    };
    const results = Array.from({ length: 20 }, () => logIn("192.0.2.1", question, wrong));
    const last = results.at(-1);
    assert.ok(typeof last === "object" && last.ban !== undefined);
  });
});

suite("a user", () => {
  test("at a known address is never locked out by what strangers do", () => {
    const anyAttempt = fc.record({
      gap: fc.integer({ min: 0, max: hour }),
      // The user's own address and its neighbours are among them.
      client: fc.constantFrom("192.0.2.1", "192.0.2.2", "192.0.3.1", "198.51.100.1", "2001:db8::1"),
      user: fc.constantFrom("alice", "ALICE", "bob", "carol"),
      secret: fc.string({ maxLength: 3 }),
      times: fc.integer({ min: 1, max: 150 }),
      outcome: fc.constantFrom(wrong, unavailable, good),
    });
    fc.assert(
      fc.property(fc.array(anyAttempt, { maxLength: 30 }), (attempts) => {
        const { time, logIn } = setUp();
        logIn("192.0.2.1", password("alice", "right"), good);
        for (const { gap, client, user, secret, times, outcome } of attempts) {
          time.now += gap;
          const isAlice = user !== "bob" && user !== "carol";
          if (isAlice && (client === "192.0.2.1" || outcome.kind === "success")) continue;
          for (let count = 0; count < times; count++) {
            logIn(client, password(user, `${secret}${count}`), outcome);
          }
          const settled = logIn("192.0.2.1", password("alice", "right"), good);
          assert.deepEqual(settled, { delayMs: 0 });
        }
      }),
      { numRuns: 60 },
    );
  });

  test("is known by the name whatever its case, and that is kept", () => {
    const { kept, guess, logIn } = setUp();
    logIn("192.0.2.1", password("Alice", "right"), good);
    assert.deepEqual(
      kept.known.map(({ user }) => user),
      ["alice"],
    );
    guess("192.0.2.1", "bob");
    assert.deepEqual(logIn("192.0.2.1", password("ALICE", "right"), good), { delayMs: 0 });
  });
});

test("the allow list wins over bans and counts nothing", () => {
  const { guard, ledger, logIn, kept } = setUp({ isAllowed: () => true });
  ledger.impose({
    prefix: { address: ip("192.0.2.1"), length: 32 },
    reason: "operator",
    note: "",
    since: 0,
    until: null,
    times: 1,
    evidence: { guesses: 0, names: [], last: null },
  });
  for (let count = 0; count < 500; count++) {
    const settled = logIn("192.0.2.1", password(`u${count}`, `${count}`), wrong);
    assert.deepEqual(settled, { delayMs: 0 });
  }
  assert.equal(kept.bans.length, 0);
  assert.equal(guard.size, 0);
});

test("new settings hold at once; what is counted stays where the rates do", () => {
  const { guard, logIn, guess } = setUp();
  for (let count = 0; count < 15; count++) {
    logIn("192.0.2.1", password("alice", `${count}`), wrong);
  }
  guard.renew({ settings: { ...settings, ban: [5 * hour] }, isAllowed: () => false });
  const ban = guess("192.0.2.1");
  assert.equal((ban?.until ?? 0) - (ban?.since ?? 0), 5 * hour);
  assert.equal(ban?.evidence.guesses, 20);
  guard.renew({ settings, isAllowed: () => true });
  assert.equal(guard.mayTry(ip("192.0.2.1")), undefined);
});

test("names and passwords of any form are only counted", () => {
  const { guard, logIn } = setUp();
  const names = ["", "\u0000", "a".repeat(12_288), "\ud800", "__proto__", "é", "e\u0301"];
  for (const name of names) logIn("192.0.2.1", password(name, name), wrong);
  const nobody = { kind: "token", user: undefined, token: "x" } as const;
  assert.notEqual(typeof logIn("192.0.2.1", nobody, wrong), "string");
  assert.ok(guard.size <= names.length + 1);
});

suite("10,000 wrong logins in bounded time and memory", () => {
  for (const [title, clientOf] of [
    ["from one address", () => "192.0.2.1"],
    ["from many", (n: number) => `10.${n >> 8}.${n & 255}.1`],
  ] as const) {
    test(title, () => {
      const { guard, logIn, ledger } = setUp();
      const started = performance.now();
      for (let n = 0; n < 10_000; n++) {
        logIn(clientOf(n), password(`user${n % 500}`, `${n}`), wrong);
      }
      assert.ok(performance.now() - started < 20_000);
      assert.ok(guard.size <= 10_000);
      assert.ok(ledger.size <= 1);
    });
  }
});
