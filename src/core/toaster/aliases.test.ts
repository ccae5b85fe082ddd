import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readAccountList } from "../accounts/account-list.ts";
import { formatAccountList, formatForwards } from "./accounts.ts";
import { control, domain, dotQmails, file, saidOf, translated, user } from "./fixture.test.ts";

const home = "/home/vpopmail/domains/example.org";

/** The accounts with their addresses, and what was said of `.qmail-NAME`. */
function lead(files: Readonly<Record<string, string>>) {
  const users = [user("alice"), user("bob")];
  const done = translated({ domains: [domain("example.org", users, files)] });
  const of = (name: string) =>
    done.accounts.find((each) => each.name === `${name}@example.org`)?.aliases;
  return {
    done,
    alice: of("alice"),
    bob: of("bob"),
    said: (name: string) => saidOf(done, `.qmail-${name}`).join("\n"),
  };
}

suite("aliases lead to accounts", () => {
  for (const [what, text] of Object.entries({
    "an address": "&alice@example.org\n",
    "an address without a sign, in capitals": "Alice@Example.ORG",
    "another alias": "# a comment\n&second@example.org\n",
    "a Maildir": `${home}/alice/Maildir/\n`,
    "a Maildir, from the domain's folder": "./alice/Maildir/\n",
    "a Maildir by a crooked path": `/old/vpopmail/domains/example.org/bob/../alice/Maildir//\n`,
  })) {
    test(what, () => {
      const { alice, said } = lead({ "a:b": text, second: "alice@example.org\n" });
      assert.deepEqual(alice, ["a.b@example.org", "second@example.org"]);
      assert.match(said("a:b"), /^taken .*a\.b@example\.org leads to alice@example\.org/);
    });
  }

  test("and so does the rest of a domain", () => {
    for (const text of [
      `| /home/vpopmail/bin/vdelivermail '' ${home}/bob\n`,
      "|vdelivermail '' bob@example.org",
      "&bob@example.org\n",
    ]) {
      assert.deepEqual(lead({ default: text }).bob, ["@example.org"], text);
    }
    for (const text of [
      "| /x/vdelivermail '' bounce-no-mailbox\n",
      "|/x/vdelivermail '' delete",
      "# nobody\n",
    ]) {
      const { alice, bob } = lead({ default: text });
      assert.deepEqual([alice, bob], [[], []], text);
    }
  });

  test("all mail of a domain that went elsewhere is told of", () => {
    const own = "| /x/vdelivermail '' bob@example.org\n";
    const filtered = lead({ default: `| preline procmail\n${own}` });
    assert.deepEqual(filtered.bob, ["@example.org"]);
    assert.match(
      filtered.said("default"),
      /operator .*all mail for example\.org.*\|preline besides/,
    );
    assert.match(
      lead({ default: "|maildrop\n" }).said("default"),
      /operator .*went to \|maildrop;/,
    );
    assert.match(
      lead({ default: "&bob@example.org\n" }).said("default"),
      /that of its users as well/,
    );
    assert.doesNotMatch(lead({ default: own }).said("default"), /all mail/);
  });

  test("a forward to nobody goes where the rest of the domain goes", () => {
    const { bob } = lead({ x: "&nobody@example.org\n", default: "&bob@example.org\n" });
    assert.deepEqual(bob, ["x@example.org", "@example.org"]);
  });

  test("the rest of a domain that leads to nobody of the domain leads in circles", () => {
    const { alice, done, said } = lead({ default: "&gone@example.org\n&alice@example.org\n" });
    assert.deepEqual(alice, []);
    assert.match(said("default"), /gone@example\.org: it leads in circles/);
    assert.match(formatForwards(done.forwards) ?? "", /^@example\.org.*alice@example\.org/m);
  });

  test("a user's own delivery is no alias", () => {
    const { alice, said } = lead({
      alice: "| /x/vdelivermail '' bounce-no-mailbox\n",
      bob: "./bob/Maildir/\n",
    });
    assert.deepEqual(alice, []);
    assert.equal(said("alice") + said("bob"), "");
  });
});

suite("what cannot be said here is told of", () => {
  const cases = {
    "&nobody@example.org\n": /forwards to nobody@example\.org/,
    "&x@example.org\n": /leads in circles/,
    "&not an address@\n": /no address/,
    "|/usr/bin/procmail\n&nobody@example.org\n": /filter.*nobody@example\.org/,
    "|/usr/bin/ezmlm-send dir\n": /mailing list \(ezmlm\)/,
    "|/usr/bin/autorespond 1 2 3\n": /automatic answer/,
    "|/usr/lib/mailman/mail/mailman post x\n": /mailman/,
    "|/usr/bin/procmail\n": /filter/,
    "|sh -c 'password=hunter2'\n": /a program/,
    "/var/mail/x\n": /the file \/var\/mail\/x/,
    "/srv/Maildir/\n": /no user's/,
    "": /default delivery/,
  };
  for (const [text, reason] of Object.entries(cases)) {
    test(JSON.stringify(text), () => {
      const { said, alice, bob, done } = lead({ x: text });
      assert.match(said("x"), /^operator .*x@example\.org: /);
      assert.match(said("x"), reason);
      assert.deepEqual([alice, bob], [[], []]);
      assert.doesNotMatch(done.said.join(), /hunter2/);
    });
  }

  test("a list's files for many addresses", () => {
    assert.match(
      lead({ "l-return-default": "|ezmlm-return\n" }).said("l-return-default"),
      /operator .*begins with l-return-/,
    );
  });
});

suite("what goes to others is sent on", () => {
  const cases = {
    "&X@Elsewhere.example\n": "x@example.org: X@elsewhere.example\n",
    "&alice@example.org\n&bob@example.org\n": "x@example.org: alice@example.org, bob@example.org\n",
    "&bob@example.org\n./alice/Maildir/\n": "x@example.org: bob@example.org, alice@example.org\n",
    "&bob@example.org\n&x@far.example\n|procmail\n":
      "x@example.org: bob@example.org, x@far.example\n",
    "&x@example.org\n&x@far.example\n": "x@example.org: x@far.example\n",
  };
  for (const [text, line] of Object.entries(cases)) {
    test(JSON.stringify(text), () => {
      const { done, said } = lead({ x: text });
      assert.equal(formatForwards(done.forwards), line);
      assert.match(said("x"), /^taken .*mail for x@example\.org is sent on to/);
      if (text.includes("|")) assert.match(said("x"), /\noperator .*left out: .*filter/);
    });
  }

  test("aliases of one that has several recipients lead to it", () => {
    const { done } = lead({
      all: "&alice@example.org\n&bob@example.org\n",
      x: "&all@example.org\n",
    });
    assert.equal(
      formatForwards(done.forwards),
      "all@example.org: alice@example.org, bob@example.org\nx@example.org: all@example.org\n",
    );
  });

  test("before the mailbox of a user of the same name, and with a copy there", () => {
    const { done } = lead({
      alice: "&bob@example.org\n",
      bob: "./bob/Maildir/\n&x@elsewhere.example\n",
    });
    assert.equal(
      formatForwards(done.forwards),
      "alice@example.org: bob@example.org\nbob@example.org: keep=bob@example.org, x@elsewhere.example\n",
    );
  });

  test("the rest of a domain, and each name of the domain", () => {
    const own = domain("example.org", [user("alice")], {
      default: "&x@far.example\n",
      info: "&alice@example.org\n&x@far.example\n",
    });
    const done = translated({
      domains: [{ ...own, links: ["example.net"] }],
      control: control({ virtualdomains: "example.org:example.org\nexample.net:example.net\n" }),
    });
    assert.deepEqual(formatForwards(done.forwards)?.split("\n").toSorted(), [
      "",
      "@example.net: x@far.example",
      "@example.org: x@far.example",
      "info@example.net: info@example.org",
      "info@example.org: alice@example.org, x@far.example",
    ]);
  });
});

test("qmail's own aliases are for the local domains, or for a domain of theirs", () => {
  const done = translated({
    control: control({
      me: "mail.example.org",
      locals: "mail.example.org\nlocalhost\n",
      defaulthost: "example.org\n",
      virtualdomains: "example.org:example.org\nlists.example:alias-lists\n",
    }),
    aliases: dotQmails("/var/qmail/alias", {
      postmaster: "alice\n",
      root: "&postmaster@localhost\n",
      "lists-talk": "&alice@example.org\n",
      "lists-default": "&alice@example.org\n",
    }),
    domains: [domain("example.org", [user("alice")])],
  });
  assert.deepEqual(done.accounts[0]?.aliases.toSorted(), [
    "@lists.example",
    "postmaster@localhost",
    "postmaster@mail.example.org",
    "root@localhost",
    "root@mail.example.org",
    "talk@lists.example",
  ]);
  assert.equal(done.draft.postmaster?.value, "alice@example.org");
});

test("two places that say different things of one address", () => {
  const database = {
    layout: "one",
    aliasDomains: [],
    aliases: [{ local: "info", domain: "example.org", line: "&bob@example.org" }],
    hasRelayTable: true,
  } as const;
  const done = translated({
    domains: [
      domain("example.org", [user("alice"), user("bob")], { info: "&alice@example.org\n" }),
    ],
    database,
    databaseFile: file("vpopmail.mysql", ""),
  });
  const list = readAccountList(formatAccountList(done.accounts), () => false);
  assert.ok(list.ok && list.value.problems.length === 0);
  assert.equal(done.accounts.flatMap(({ aliases }) => aliases).length, 1);
});

test("users whose mail goes elsewhere, or who may not", () => {
  const own = (text: string) => ({ dotQmail: file(`${home}/x/.qmail`, text) });
  const users = [
    user("plain", own("./Maildir/\n")),
    user("again", own(`${home}/again/Maildir/\n`)),
    user("empty", own("")),
    user("away", own("&x@elsewhere.example\n")),
    user("both", own("./Maildir/\n&x@elsewhere.example\n")),
    user("gone", own("# thrown away\n")),
    user("bounced", { flags: 0x10 }),
    user("closed", { flags: 0x802 }),
    user("starred", { password: "*" }),
    user("unread", { password: undefined }),
  ];
  const done = translated({ domains: [domain("example.org", users)] });
  assert.deepEqual(
    formatForwards(done.forwards),
    "away@example.org: x@elsewhere.example\nboth@example.org: keep=both@example.org, x@elsewhere.example\n",
  );
  const forwards = saidOf(done, "x/.qmail");
  assert.equal(forwards.length, 3, forwards.join("\n"));
  assert.match(forwards.join("\n"), /operator .*gone@example\.org was thrown away/);
  const folder = saidOf(done, "domains/example.org").join("\n");
  assert.match(folder, /1 user \(closed@example\.org\) may not/);
  assert.match(folder, /1 user \(starred@example\.org\) cannot log in.*no hash/);
  assert.ok(!done.accounts.some(({ name }) => name.startsWith("bounced")));
  assert.equal(done.accounts.length, 9);
});
