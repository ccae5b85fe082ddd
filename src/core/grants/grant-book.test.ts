import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type IpAddress, parseIp } from "../mail/ip.ts";
import { type GrantRules, rememberedFor, sharedWithin, unheardFor } from "./grant.ts";
import { GrantBook } from "./grant-book.ts";
import type { MailboxLogin } from "./mailbox-login.ts";

const minute = 60_000;
const hour = 60 * minute;
const rules: GrantRules = { lifetime: 3 * hour, ipv6: "address", sharedAfter: 4 };

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

const client = ip("192.0.2.7");
const ann = "ann@example.org";

const all = () => true;

function address(index: number): IpAddress {
  return ip(`10.0.${index >> 8}.${index & 255}`);
}

function bookWith(changes: Partial<GrantRules> = {}, capacity?: number) {
  let count = 0;
  const changed: string[] = [];
  const book = new GrantBook({
    rules: { ...rules, ...changes },
    newId: () => `g${++count}`,
    onChanged: (id) => changed.push(id),
    ...(capacity !== undefined && { capacity }),
  });
  return { book, changed };
}

function login(at: number, more: Partial<MailboxLogin> = {}): MailboxLogin {
  return { source: "dovecot", account: ann, client, at, ...more };
}

function liveAt(book: GrantBook, now: number, from = client): readonly (string | null)[] {
  const standing = book.standing(from, now);
  return standing?.kind === "grants" ? standing.live : [];
}

suite("a grant", () => {
  test("without a session lasts from the login on", () => {
    const { book } = bookWith();
    assert.equal(book.open(login(0), 0).ok, true);
    assert.deepEqual(liveAt(book, 3 * hour - 1), [ann]);
    assert.deepEqual(liveAt(book, 3 * hour), []);
    assert.deepEqual(book.standing(client, 3 * hour), {
      kind: "grants",
      live: [],
      over: [{ account: ann, expiredAt: 3 * hour }],
    });
  });

  test("lasts as long as the session, and its lifetime from then on", () => {
    const { book } = bookWith();
    book.open(login(0, { session: "s" }), 0);
    assert.deepEqual(liveAt(book, 20 * hour), [ann]);
    assert.equal(book.close({ source: "dovecot", session: "s", at: 20 * hour }, 20 * hour), true);
    assert.deepEqual(liveAt(book, 23 * hour - 1), [ann]);
    assert.deepEqual(liveAt(book, 23 * hour), []);
  });

  test("lasts as long as the last of several sessions", () => {
    const { book } = bookWith();
    book.open(login(0, { session: "a" }), 0);
    book.open(login(hour, { session: "b", source: "pop3" }), hour);
    book.close({ source: "dovecot", session: "a", at: 2 * hour }, 2 * hour);
    assert.deepEqual(liveAt(book, 30 * hour), [ann]);
    book.close({ source: "pop3", session: "b", at: 30 * hour }, 30 * hour);
    assert.deepEqual(liveAt(book, 33 * hour), []);
    assert.equal(book.size, 1);
  });

  test("of a session that nobody hears of ends as of the last sign", () => {
    const { book } = bookWith();
    book.open(login(0, { session: "s" }), 0);
    book.open(login(40 * hour, { session: "s" }), 40 * hour);
    assert.deepEqual(liveAt(book, 40 * hour + unheardFor - 1), [ann]);
    assert.deepEqual(liveAt(book, 40 * hour + unheardFor), []);
    const [grant] = book.list(40 * hour + unheardFor);
    assert.equal(grant?.endedAt, 40 * hour);
    // A session with us ends with its connection, however long it takes.
    book.open(login(0, { session: "p", source: "pop3", client: ip("192.0.2.8") }), 0);
    assert.deepEqual(liveAt(book, 100 * unheardFor, ip("192.0.2.8")), [ann]);
  });

  test("that expired and is opened again is a new one", () => {
    const { book } = bookWith();
    book.open(login(0), 0);
    book.open(login(hour), hour);
    assert.equal(book.list(hour)[0]?.openedAt, 0);
    book.open(login(9 * hour), 9 * hour);
    assert.equal(book.list(9 * hour)[0]?.openedAt, 9 * hour);
    assert.equal(book.size, 1);
  });

  test("of the operator's own length is one beside those of logins", () => {
    const { book } = bookWith();
    book.open(login(0), 0);
    book.open(login(0, { source: "operator" }), 0, 9 * hour);
    assert.deepEqual(liveAt(book, 8 * hour), [ann]);
    book.open(login(hour), hour);
    assert.deepEqual(liveAt(book, 9 * hour - 1), [ann]);
    assert.deepEqual(liveAt(book, 9 * hour), []);
  });
});

suite("what is told out of order", () => {
  test("an end before its beginning", () => {
    const { book } = bookWith();
    assert.equal(
      book.close({ source: "dovecot", session: "s", at: 5 * minute }, 5 * minute),
      false,
    );
    assert.equal(book.open(login(0, { session: "s" }), 6 * minute).ok, true);
    const end = 5 * minute + rules.lifetime;
    assert.deepEqual(liveAt(book, end - 1), [ann]);
    assert.deepEqual(liveAt(book, end), []);
  });

  test("an end of a session that never began", () => {
    const { book, changed } = bookWith();
    assert.equal(book.close({ source: "log", session: "s", at: 0 }, 0), false);
    assert.deepEqual(changed, []);
  });

  test("a beginning that is told again after the end", () => {
    const { book } = bookWith();
    book.open(login(0, { session: "s" }), 0);
    book.close({ source: "dovecot", session: "s", at: hour }, hour);
    book.open(login(0, { session: "s" }), 2 * hour);
    assert.deepEqual(liveAt(book, 4 * hour), []);
    assert.equal(book.open(login(0, { session: "s" }), 5 * hour).ok, false);
  });

  test("a name of a session that is used anew", () => {
    const { book } = bookWith();
    book.open(login(0, { session: "s" }), 0);
    book.close({ source: "dovecot", session: "s", at: 1 }, 1);
    book.open(login(hour, { session: "s" }), hour);
    assert.deepEqual(liveAt(book, 20 * hour), [ann]);
    // By somebody else, without an end between.
    const bob = { account: "bob@example.org", client: ip("192.0.2.8") };
    book.open(login(20 * hour, { session: "s", ...bob }), 20 * hour);
    assert.deepEqual(liveAt(book, 24 * hour), []);
    assert.deepEqual(liveAt(book, 24 * hour, bob.client), [bob.account]);
  });

  test("a login that is long past, and one from the future", () => {
    const { book } = bookWith();
    assert.equal(book.open(login(0), 3 * hour).ok, false);
    assert.equal(book.open(login(0, { session: "s" }), unheardFor).ok, false);
    assert.equal(book.size, 0);
    book.open(login(100 * hour), hour);
    assert.deepEqual(liveAt(book, 4 * hour), []);
  });
});

suite("a revoked grant", () => {
  test("is over at once, and its session opens nothing any more", () => {
    const { book } = bookWith();
    book.open(login(0, { session: "s" }), 0);
    assert.equal(book.revoke(all, hour).length, 1);
    assert.equal(book.revoke(all, hour).length, 0);
    assert.deepEqual(book.standing(client, hour), { kind: "grants", live: [], over: [] });
    assert.equal(book.open(login(2 * hour, { session: "s" }), 2 * hour).ok, false);
    assert.equal(book.close({ source: "dovecot", session: "s", at: 3 * hour }, 3 * hour), true);
    assert.equal(book.open(login(2 * hour, { session: "s" }), 3 * hour).ok, false);
    assert.deepEqual(liveAt(book, 3 * hour), []);
  });

  test("comes back with a new login alone", () => {
    const { book } = bookWith();
    book.open(login(0), 0);
    book.revoke(all, hour);
    assert.equal(book.open(login(hour - 1), 2 * hour).ok, false);
    assert.equal(book.open(login(hour), 2 * hour).ok, true);
    assert.deepEqual(liveAt(book, 2 * hour), [ann]);
  });

  test("is so after a restart as well", () => {
    const { book } = bookWith();
    book.open(login(0, { session: "s" }), 0);
    book.revoke(all, hour);
    const { book: next } = bookWith();
    for (const grant of book.list(hour)) next.adopt(grant, undefined, hour);
    assert.equal(next.open(login(2 * hour, { session: "s" }), 2 * hour).ok, false);
    assert.equal(next.open(login(hour - 1), 2 * hour).ok, false);
    assert.equal(next.open(login(2 * hour), 2 * hour).ok, true);
  });
});

suite("an address", () => {
  test("with more accounts than a household is shared, for a day", () => {
    const { book } = bookWith();
    const names = ["ann", "bob", "cid", "dan"].map((name) => `${name}@example.org`);
    for (const account of names) book.open(login(0, { account }), 0);
    assert.deepEqual(liveAt(book, 0), names);
    book.open(login(hour, { account: "eve@example.org" }), hour);
    assert.deepEqual(book.standing(client, hour), { kind: "shared", accounts: 5 });
    assert.deepEqual(book.standing(client, sharedWithin - 1), { kind: "shared", accounts: 5 });
    assert.equal(book.standing(client, sharedWithin)?.kind, "grants");
  });

  test("is shared or not by the rules of now", () => {
    const { book } = bookWith({ sharedAfter: 1 });
    book.open(login(0), 0);
    book.open(login(0, { account: "bob@example.org" }), 0);
    assert.equal(book.standing(client, 0)?.kind, "shared");
    book.renew({ ...rules, sharedAfter: 2 });
    assert.equal(book.standing(client, 0)?.kind, "grants");
  });

  test("in IPv6 is itself, or its network where the rules say so", () => {
    const { book } = bookWith();
    const [one, other, beyond] = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map(ip);
    assert.ok(one && other && beyond);
    book.open(login(0, { client: one }), 0);
    assert.deepEqual(
      [one, other].map((each) => liveAt(book, 1, each)),
      [[ann], []],
    );
    book.renew({ ...rules, ipv6: "network" });
    assert.deepEqual(
      [one, other, beyond].map((each) => liveAt(book, 1, each)),
      [[ann], [ann], []],
    );
    // IPv4 addresses are always single ones.
    book.open(login(0), 0);
    assert.deepEqual(liveAt(book, 1, ip("192.0.2.8")), []);
    book.renew(rules);
    assert.deepEqual(
      [one, other].map((each) => liveAt(book, 1, each)),
      [[ann], []],
    );
  });

  test("has no room for more grants than a person has", () => {
    const { book } = bookWith({ sharedAfter: 1 });
    for (let user = 0; user < 100; user++) book.open(login(0, { account: `u${user}` }), 0);
    assert.equal(book.open(login(0, { account: "one more" }), 0).ok, false);
    assert.equal(book.open(login(4 * hour, { account: "later" }), 4 * hour).ok, true);
    assert.equal(book.size, 100);
  });
});

suite("memory", () => {
  test("full of live grants turns the newest away, and takes it when others are over", () => {
    const { book } = bookWith({}, 50);
    for (let index = 0; index < 50; index++)
      book.open(login(index, { client: address(index) }), 50);
    assert.equal(book.open(login(50, { client: address(60) }), 50).ok, false);
    assert.equal(book.open(login(60, { client: address(3) }), 60).ok, true);
    const later = rules.lifetime + 1;
    assert.equal(book.open(login(later, { client: address(61) }), later).ok, true);
    assert.equal(book.size, 50);
    assert.equal(book.standing(address(0), later), undefined);
    assert.notEqual(book.standing(address(5), later), undefined);
  });

  test("forgets what is long over", () => {
    const { book } = bookWith();
    book.open(login(0), 0);
    book.open(login(0, { client: address(1) }), 0);
    book.revoke((grant) => grant.client.octets[0] === 10, 0);
    book.sweep(rememberedFor - 1);
    assert.equal(book.size, 2);
    book.sweep(rememberedFor);
    assert.equal(book.size, 1);
    book.sweep(rememberedFor + rules.lifetime);
    assert.equal(book.size, 0);
    assert.equal(book.standing(client, rememberedFor + rules.lifetime), undefined);
  });

  test("a hostile name of a session or program stays short", () => {
    const { book } = bookWith();
    assert.equal(book.open(login(0, { session: "s".repeat(201) }), 0).ok, false);
    assert.equal(book.close({ source: "http", session: "s".repeat(1e6), at: 0 }, 0), false);
    book.open(login(0, { software: "x".repeat(1e6) }), 0);
    assert.equal(book.list(0)[0]?.software?.length, 100);
    for (let index = 0; index < 1000; index++) book.open(login(0, { session: `${index}` }), 0);
    assert.equal(book.list(0)[0]?.sessions.length, 50);
  });
});

suite("a restart", () => {
  test("ends sessions with us as of the last time known, and goes on with those elsewhere", () => {
    const { book } = bookWith();
    const other = ip("192.0.2.8");
    book.open(login(0, { source: "pop3", session: "p" }), 0);
    book.open(login(0, { session: "d", client: other }), 0);
    const kept = book.list(hour);
    const { book: next } = bookWith();
    for (const grant of kept) next.adopt(grant, undefined, 5 * hour);
    next.disconnect(undefined, 2 * hour);
    assert.deepEqual(liveAt(next, 5 * hour - 1), [ann]);
    assert.deepEqual(liveAt(next, 5 * hour), []);
    assert.deepEqual(liveAt(next, 20 * hour, other), [ann]);
    assert.equal(next.close({ source: "dovecot", session: "d", at: 20 * hour }, 20 * hour), true);
    assert.deepEqual(liveAt(next, 23 * hour, other), []);
  });

  test("under a clock that was set back prolongs nothing beyond the lifetime", () => {
    const { book } = bookWith();
    book.open(login(100 * hour), 100 * hour);
    const { book: next } = bookWith();
    for (const grant of book.list(100 * hour)) next.adopt(grant, undefined, hour);
    assert.deepEqual(liveAt(next, 4 * hour - 1), [ann]);
    assert.deepEqual(liveAt(next, 4 * hour), []);
  });
});

test("a client's program is that of the account's last login there", () => {
  const { book } = bookWith();
  book.open(login(0, { software: "Outlook Express 5" }), 0);
  book.open(login(1), 1);
  assert.equal(book.softwareOf(client, ann), "Outlook Express 5");
  assert.equal(book.softwareOf(client, "bob@example.org"), null);
});
