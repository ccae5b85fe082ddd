// Which clients wait for what others may know of their logins: those alone whose answer hangs on it.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parsePrefix } from "../../core/mail/ip.ts";
import { decide } from "../../core/policy/decide.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import type { Facts, GrantState, RecipientClass } from "../../core/policy/request.ts";
import { type Asked, type FactSources, gatherFacts } from "../smtpd/facts.ts";
import { withoutGrants } from "../smtpd/without-grants.ts";
import { ann, home } from "./fixture.test.ts";
import { createFurtherGrant } from "./further-grant.ts";
import { GrantInquiries } from "./grant-inquiries.ts";

const office = parsePrefix("192.0.2.0/24") ?? assert.fail();
const rules = { networks: [{ prefix: office }] };
const foreign = known({ kind: "foreign" } as const);
const mailbox = known({ kind: "mailbox" } as const);
const listed = known({ listed: true, list: "black.test" } as const);
const allowed = { access: "allow", relay: false, skipsBlocklists: false } as const;

const asked: Asked = {
  role: "mx",
  tls: "optional",
  client: home,
  account: undefined,
  inquiry: undefined,
  access: undefined,
  sender: { local: "ann", domain: "example.org" },
  recipient: { local: "zoe", domain: "elsewhere.example" },
};

interface World {
  readonly asked?: Partial<Asked>;
  readonly facts?: Partial<Pick<Facts, "access" | "blocklist">>;
  readonly recipient?: Fact<RecipientClass>;
  /** What is known before the table is asked. */
  readonly held?: GrantState;
  readonly table?: "knows" | "nothing" | "down";
  readonly isPossible?: boolean;
}

function gather({ table = "knows", ...world }: World) {
  let questions = 0;
  let state: GrantState = world.held ?? { kind: "none" };
  const inquiries = new GrantInquiries({
    sources: [
      {
        name: "the relay table",
        async ask() {
          questions++;
          if (table === "down") return unknown("down");
          const login = { source: "relay-table", account: undefined, client: home, at: 0 } as const;
          return known(table === "knows" ? [login] : []);
        },
      },
    ],
    desk: {
      async opened() {
        state = { kind: "live", account: null, covers: true };
        return { granted: true };
      },
    },
    elapsed: () => 0,
  });
  const fact = {
    held: () => known(state),
    hasOver: () => false,
    withOver: async () => known(state),
  };
  const sources: FactSources = {
    access: () => world.facts?.access ?? known(allowed),
    blocklist: () => world.facts?.blocklist ?? known({ listed: false }),
    recipient: () => world.recipient ?? foreign,
    ownsSender: () => known(true),
    limit: () => known(undefined),
    grant: () => known(state),
    furtherGrant: createFurtherGrant({
      rules,
      fact,
      inquiries,
      isPossible: () => world.isPossible ?? true,
    }),
  };
  const question = { ...asked, ...world.asked };
  return { sources, found: gatherFacts(sources, question), questions: () => questions };
}

suite("the table is asked", () => {
  const cases: readonly (World & { readonly what: string })[] = [
    { what: "for a stranger who wants to relay" },
    {
      what: "for a listed one who brings us mail",
      recipient: mailbox,
      facts: { blocklist: listed },
    },
    {
      what: "where a grant covers another sender",
      held: { kind: "live", account: ann, covers: false },
    },
  ];
  for (const { what, ...world } of cases) {
    test(what, async () => {
      const { found, questions } = gather(world);
      assert.ok(found instanceof Promise);
      assert.deepEqual((await found).grant, known({ kind: "live", account: null, covers: true }));
      assert.equal(questions(), 1);
    });
  }

  test("and where it does not answer, the client is told to come back", async () => {
    const facts = await gather({ table: "down" }).found;
    assert.deepEqual(facts.grant, unknown("down"));
    const { role, tls, client, sender, recipient } = asked;
    const decision = decide(rules, { role, tls, client, sender, recipient, facts });
    assert.equal(decision.reason, "grant-unknown");
    assert.deepEqual((await gather({ table: "nothing" }).found).grant, known({ kind: "none" }));
  });
});

suite("the table is not asked, and nothing waits,", () => {
  const live: GrantState = { kind: "live", account: ann, covers: true };
  const cases: readonly (World & { readonly what: string })[] = [
    { what: "for mail to us", recipient: mailbox },
    { what: "for a mailbox that there is not", recipient: known({ kind: "no-mailbox" }) },
    {
      what: "for a listed client that names no mailbox",
      recipient: known({ kind: "no-mailbox" }),
      facts: { blocklist: listed },
    },
    { what: "for mail that is handed on", recipient: known({ kind: "relayed" }) },
    { what: "where a grant is known", held: live },
    { what: "for who has logged in", asked: { account: ann } },
    { what: "on a submission listener", asked: { role: "submission" } },
    { what: "for our own network", asked: { client: { version: 4, octets: [192, 0, 2, 9] } } },
    { what: "where a rule lets it relay", facts: { access: known({ ...allowed, relay: true }) } },
    {
      what: "for a client that a rule denies",
      facts: { access: known({ access: "deny", temporary: false }) },
    },
    {
      what: "for a listed one whom a rule lets pass the lists",
      recipient: mailbox,
      facts: { blocklist: listed, access: known({ ...allowed, skipsBlocklists: true }) },
    },
    { what: "where it would not turn the decision", facts: { access: unknown("no rules") } },
    { what: "where no grant may be", isPossible: false },
    { what: "while the recipient is not known", recipient: unknown("the store is down") },
    { what: "in the clear where TLS is wanted", asked: { tls: "required" } },
  ];
  for (const { what, ...world } of cases) {
    test(what, () => {
      const { found, questions } = gather(world);
      assert.ok(!(found instanceof Promise));
      assert.equal(questions(), 0);
    });
  }

  test("for a proxy's own address", () => {
    const { sources, questions } = gather({});
    const before = questions();
    const facts = gatherFacts(withoutGrants(sources), asked);
    assert.ok(!(facts instanceof Promise));
    assert.deepEqual(facts.grant, known({ kind: "none" }));
    assert.equal(questions(), before);
  });

  test("for an address that many share", async () => {
    const { found, questions } = gather({ held: { kind: "shared", accounts: 5 } });
    assert.deepEqual((await found).grant, known({ kind: "shared", accounts: 5 }));
    assert.equal(questions(), 0);
  });
});
