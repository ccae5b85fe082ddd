// Whatever is told, in whatever order: a grant lives as long as its logins and sessions say, and not
// a moment longer.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type GrantRules, unheardFor } from "./grant.ts";
import { GrantBook } from "./grant-book.ts";
import type { MailboxLogin } from "./mailbox-login.ts";

const hour = 3_600_000;
const rules: GrantRules = { lifetime: 3 * hour, ipv6: "address", sharedAfter: 100 };
const accounts = ["ann@example.org", "bob@example.org"];
const clients = [1, 2].map((last) => ({ version: 4, octets: [192, 0, 2, last] }) as const);

/** One step: what happens, after so many milliseconds, told so much later. */
const anyStep = fc.record({
  act: fc.constantFrom("open", "open", "close", "revoke", "restart", "nothing"),
  account: fc.nat(1),
  client: fc.nat(1),
  session: fc.option(fc.nat(4), { nil: undefined }),
  wait: fc.oneof(fc.nat(10), fc.nat(2 * hour), fc.nat(60 * hour)),
  late: fc.oneof(fc.constant(0), fc.nat(4 * hour), fc.nat(60 * hour)),
});

type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

interface Told {
  readonly who: string;
  readonly session: string | undefined;
  readonly at: number;
}

/** What was told, as it was told. */
interface World {
  now: number;
  ids: number;
  /** There was a restart. */
  forgot: boolean;
  readonly logins: Told[];
  readonly ends: Map<string, number>;
  /** How many logins had been told of before. */
  readonly revoked: Map<string, number>;
}

function whoIs({ account, client }: Step): string {
  return `${account} at ${client}`;
}

/** A session has one account and one client for all its life. */
function sessionOf(step: Step): string | undefined {
  return step.session === undefined ? undefined : `${whoIs(step)} ${step.session}`;
}

function newBook(world: World) {
  return new GrantBook({ rules, newId: () => `g${++world.ids}`, onChanged: () => {} });
}

function play(book: GrantBook, world: World, step: Step): GrantBook {
  world.now += step.wait;
  const { now } = world;
  const at = now - step.late;
  const session = sessionOf(step);
  const who = whoIs(step);
  const account = accounts[step.account] ?? "";
  const client = clients[step.client] ?? assert.fail();
  switch (step.act) {
    case "open": {
      const login: MailboxLogin = {
        source: "dovecot",
        account,
        client,
        at,
        ...(session && { session }),
      };
      if (book.open(login, now).ok) world.logins.push({ who, session, at });
      return book;
    }
    case "close":
      if (session === undefined) return book;
      book.close({ source: "dovecot", session, at }, now);
      world.ends.set(session, Math.max(at, world.ends.get(session) ?? -Infinity));
      return book;
    case "revoke": {
      const isMeant = (each: { account: string | null; client: { octets: readonly number[] } }) =>
        each.account === account && each.client.octets[3] === client.octets[3];
      // Where there is none, nothing is revoked.
      if (book.revoke(isMeant, now).length > 0) {
        world.revoked.set(who, world.logins.length);
      }
      return book;
    }
    case "restart": {
      const next = newBook(world);
      // Which sessions have ended is not kept: told again, they count until nobody hears of them.
      world.forgot = true;
      for (const grant of book.list(now)) next.adopt(grant, undefined, now);
      return next;
    }
    default:
      return book;
  }
}

/** When what was told of a login lets its client relay at the latest, and at least. */
function boundsOf(world: World, who: string) {
  const logins = world.logins.filter((told) => told.who === who);
  const since = world.logins.slice(world.revoked.get(who) ?? 0);
  const valid = since.filter((told) => told.who === who);
  const heard = Math.max(...logins.map(({ at }) => at), -Infinity);
  const lost = heard + Math.max(unheardFor, rules.lifetime);
  const latest = valid.map(({ session, at }) => {
    const end = session === undefined ? at : world.ends.get(session);
    if (end === undefined || end < at) return lost;
    const over = Math.max(end, at) + rules.lifetime;
    return world.forgot && session !== undefined ? Math.max(over, lost) : over;
  });
  const least = valid.map(({ at }) => at + rules.lifetime);
  return { latest: Math.max(...latest, -Infinity), least: Math.max(...least, -Infinity) };
}

test("a grant never outlives what was told of it, is there meanwhile, and is nobody else's", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      const world: World = {
        now: 1000 * hour,
        ids: 0,
        forgot: false,
        logins: [],
        ends: new Map(),
        revoked: new Map(),
      };
      let book = newBook(world);
      for (const step of steps) {
        book = play(book, world, step);
        for (const [index, client] of clients.entries()) {
          const standing = book.standing(client, world.now);
          const live = standing?.kind === "grants" ? standing.live : [];
          for (const [number, account] of accounts.entries()) {
            const { latest, least } = boundsOf(world, `${number} at ${index}`);
            if (live.includes(account)) assert.ok(world.now < latest, "it outlived its login");
            else assert.ok(world.now >= least, "it ended before its time");
          }
        }
      }
    }),
    { numRuns: 400 },
  );
});
