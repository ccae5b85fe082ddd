import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { assert as check, jsonValue, property } from "fast-check";
import { formatIp } from "../mail/ip.ts";
import { readDovecotEvent, readDovecotReport } from "./dovecot.ts";
import { toldAccount } from "./told-account.ts";
import { readLogin, readLogout } from "./told-calls.ts";
import { softwareName, type Told } from "./told.ts";
import type { Result } from "../result.ts";

/** In one line, as the cases below write it. */
function inWords(result: Result<Told, string>): string {
  if (!result.ok) return `problem: ${result.problem}`;
  const told = result.value;
  switch (told.kind) {
    case "nothing":
      return `nothing: ${told.why}`;
    case "end":
      return `end ${told.session}`;
    case "sign": {
      const { sign, account, client, session = "-", software = "-" } = told;
      return `${sign} ${account} ${formatIp(client)} ${session} ${software}`;
    }
  }
}

suite("an account that another server names", () => {
  const cases: readonly (readonly [name: string, domain: string | undefined, account: string])[] = [
    ["Alice@Example.ORG", undefined, "alice@example.org"],
    ["alice", "example.org", "alice@example.org"],
    ["alice@other.example", "example.org", "alice@other.example"],
    ["alice%other.example", "example.org", "alice%other.example@example.org"],
    ["alice@münchen.example", undefined, "alice@xn--mnchen-3ya.example"],
  ];
  for (const [name, domain, account] of cases) {
    test(`${name} is ${account}`, () => {
      assert.deepEqual(toldAccount(name, domain), { ok: true, value: account });
    });
  }

  for (const name of [
    "",
    "alice",
    "a b@example.org",
    "@example.org",
    "alice@",
    "a@b@c",
    "a\r\nb@c.example",
  ]) {
    test(`${JSON.stringify(name)} is nobody`, () => assert.equal(toldAccount(name).ok, false));
  }

  test("a long one is nobody", () => {
    assert.equal(toldAccount(`${"x".repeat(100_000)}@example.org`).ok, false);
    assert.equal(toldAccount("x".repeat(65), "example.org").ok, false);
  });
});

suite("/roaming/login", () => {
  const whole = { account: "a@b.example", client: "203.0.113.9", session: "s1", software: "K-9" };
  const cases: readonly (readonly [value: unknown, words: string])[] = [
    [whole, "begun a@b.example 203.0.113.9 s1 K-9"],
    [{ account: "a@b.example", client: "::ffff:203.0.113.9" }, "begun a@b.example 203.0.113.9 - -"],
    [{ ...whole, software: "" }, "begun a@b.example 203.0.113.9 s1 -"],
    [null, "problem: write an object in braces, or a list of them"],
    ["x", "problem: write an object in braces, or a list of them"],
    [{}, "problem: account: write the account's address as a text"],
    [{ ...whole, account: 7 }, "problem: account: write the account's address as a text"],
    [{ ...whole, account: "" }, "problem: account: write the account's address as a text"],
    [{ ...whole, account: "x".repeat(321) }, "problem: account: the account is too long"],
    [
      { ...whole, client: "mail.example" },
      "problem: client: write an IP address, such as 203.0.113.9",
    ],
    [
      { ...whole, client: "203.0.113.9/24" },
      "problem: client: write an IP address, such as 203.0.113.9",
    ],
    [
      { ...whole, client: ["203.0.113.9"] },
      "problem: client: write the IP address from which the user reads mail as a text",
    ],
    [{ ...whole, ip: "203.0.113.9" }, "problem: unknown key ip"],
    ...["", "a b", "a\n", "ü", "x".repeat(201), 5].map(
      (session) =>
        [
          { ...whole, session },
          "problem: session: write 1 to 200 characters of ASCII without spaces, the same for the session's end",
        ] as const,
    ),
  ];
  for (const [value, words] of cases) {
    test(JSON.stringify(value).slice(0, 80), () => assert.equal(inWords(readLogin(value)), words));
  }

  test("/roaming/logout takes the session alone", () => {
    assert.equal(inWords(readLogout({ session: "s1" })), "end s1");
    assert.equal(
      inWords(readLogout({ session: "s1", account: "a" })),
      "problem: unknown key account",
    );
  });
});

suite("Dovecot's report", () => {
  // As 2.3.19 sends it.
  const sent = {
    device_id: "",
    login: "bob@example.org",
    protocol: "imap",
    pwhash: "03b5",
    remote: "203.0.113.9",
    session_id: "dTEs3SphsxXLAHEJ",
    success: true,
    policy_reject: false,
    tls: false,
  };
  const cases: readonly (readonly [change: object, words: string])[] = [
    [{}, "begun bob@example.org 203.0.113.9 dTEs3SphsxXLAHEJ -"],
    [{ protocol: "pop3" }, "begun bob@example.org 203.0.113.9 dTEs3SphsxXLAHEJ -"],
    [
      { device_id: '"name" "K-9"' },
      'begun bob@example.org 203.0.113.9 dTEs3SphsxXLAHEJ "name" "K-9"',
    ],
    [{ session_id: undefined }, "begun bob@example.org 203.0.113.9 - -"],
    [{ remote: "2001:db8::7" }, "begun bob@example.org 2001:db8::7 dTEs3SphsxXLAHEJ -"],
    [{ success: false }, "nothing: the login failed"],
    [{ policy_reject: true }, "nothing: the login failed"],
    ...["smtp", "submission", "lmtp", "sieve", "managesieve", "doveadm", ""].map(
      (protocol) => [{ protocol }, `nothing: ${protocol} is not for reading mail`] as const,
    ),
    [{ remote: "" }, "nothing: the client has no IP address"],
    [{ login: "" }, "nothing: nobody is named"],
  ];
  for (const [change, words] of cases) {
    test(JSON.stringify(change), () =>
      assert.equal(inWords(readDovecotReport({ ...sent, ...change })), words),
    );
  }
});

suite("Dovecot's events", () => {
  const fields = {
    user: "bob@example.org",
    remote_ip: "203.0.113.9",
    session: "dTEs3SphsxXLAHEJ",
    duration: 9791,
  };
  const login = { ...fields, service: "imap", success: "yes" };
  const cases: readonly (readonly [
    name: string,
    fields: object,
    categories: readonly string[],
    words: string,
  ])[] = [
    [
      "auth_request_finished",
      login,
      ["auth", "service:auth"],
      "begun bob@example.org 203.0.113.9 dTEs3SphsxXLAHEJ -",
    ],
    ["auth_request_finished", { ...login, success: undefined }, [], "nothing: the login failed"],
    ["auth_request_finished", { ...login, success: "no" }, [], "nothing: the login failed"],
    [
      "auth_request_finished",
      { ...login, service: "smtp" },
      [],
      "nothing: smtp is not for reading mail",
    ],
    [
      "imap_command_finished",
      fields,
      ["imap", "service:imap"],
      "alive bob@example.org 203.0.113.9 dTEs3SphsxXLAHEJ -",
    ],
    [
      "imap_client_hibernated",
      fields,
      ["imap", "service:imap"],
      "asleep bob@example.org 203.0.113.9 dTEs3SphsxXLAHEJ -",
    ],
    [
      "imap_client_unhibernated",
      fields,
      ["imap", "service:imap"],
      "awake bob@example.org 203.0.113.9 dTEs3SphsxXLAHEJ -",
    ],
    [
      "mail_user_session_finished",
      fields,
      ["imap", "service:imap", "storage"],
      "end dTEs3SphsxXLAHEJ",
    ],
    ["mail_user_session_finished", { session: "x" }, ["storage", "service:pop3"], "end x"],
    [
      "mail_user_session_finished",
      { session: "x" },
      ["storage", "service:lmtp"],
      "nothing: lmtp is not for reading mail",
    ],
    [
      "mail_user_session_finished",
      {},
      ["storage", "service:imap"],
      "nothing: the session has no name",
    ],
    ["constructor", fields, [], "nothing: constructor says nothing of a session"],
  ];
  for (const [event, given, categories, words] of cases) {
    test(`${event}: ${words}`, () =>
      assert.equal(inWords(readDovecotEvent({ event, categories, fields: given })), words));
  }
});

test("nothing that is sent makes a reader fail", () => {
  const readers = [readLogin, readLogout, readDovecotEvent, readDovecotReport];
  check(
    property(jsonValue(), (value) => {
      for (const read of readers) assert.equal(typeof read(value).ok, "boolean");
    }),
  );
});

test("what a client calls itself is one line without control characters", () => {
  assert.equal(softwareName(' "name"\r\n\t"K-9\u0000\u202e" '), '"name" "K-9 "');
  assert.equal(softwareName("\r\n"), undefined);
  assert.equal(softwareName("x".repeat(10_000))?.length, 200);
});
