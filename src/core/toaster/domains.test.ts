import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { octetsOf, textOf } from "../rules/records.ts";
import { writeCdb } from "../rules/cdb.ts";
import { control, domain, file, saidOf, translated, user } from "./fixture.test.ts";

const me = "mail.example.org\n";
const one = [domain("example.org", [user("alice")])];

function domainsOf(files: Readonly<Record<string, string>>, parts = {}) {
  const done = translated({ control: control({ me, ...files }), domains: one, ...parts });
  const domains = [...done.draft.domains].map(([name, { value }]) =>
    value.kind === "mailboxes" ? name : `${name} to ${value.host}`,
  );
  return { done, domains };
}

const more = (...names: readonly string[]) =>
  textOf(writeCdb(names.map((name) => ({ key: octetsOf(name), value: octetsOf("") }))));

suite("rcpthosts", () => {
  test("that is missing makes an open relay, which is told of", () => {
    const { done, domains } = domainsOf({});
    assert.match(saidOf(done, "rcpthosts").join(), /^operator .*open relay/);
    assert.deepEqual(domains, ["example.org", "mail.example.org"]);
  });

  test("that is empty takes mail for nobody", () => {
    const { done } = domainsOf({ rcpthosts: "" });
    assert.match(saidOf(done, "domains/example.org").join("\n"), /^translated .*now they can$/m);
  });

  test("without a mailbox here: handed on by the route, or the operator's to say", () => {
    const rcpthosts = "example.org\nA.example\nsub.b.example\nc.example\n";
    const smtproutes = "a.example:[192.0.2.1]\n.b.example:relay.example.net:26\n";
    const { done, domains } = domainsOf({ rcpthosts, smtproutes, locals: "" });
    assert.deepEqual(domains, [
      "example.org",
      "a.example to 192.0.2.1:25",
      "sub.b.example to relay.example.net:26",
    ]);
    assert.match(saidOf(done, "rcpthosts:4").join(), /^operator .*c\.example.*secondary MX/);
    assert.deepEqual(
      done.draft.routes.map(({ value }) => value),
      [{ to: ".b.example", via: "relay.example.net:26" }],
    );
  });

  test("with a route for all others: handed on by that", () => {
    const smtproutes = "direct.example:\n:smart.example.net\n";
    const { done, domains } = domainsOf({
      rcpthosts: "c.example\ndirect.example\n",
      smtproutes,
      locals: "",
    });
    assert.deepEqual(domains, ["example.org", "c.example to smart.example.net:25"]);
    assert.deepEqual(
      done.draft.routes.map(({ value }) => value),
      [
        { to: "direct.example", via: "mx" },
        { to: "*", via: "smart.example.net:25" },
      ],
    );
  });

  test("goes on in morercpthosts, as it was compiled", () => {
    const smtproutes = ":smart.example.net\n";
    const cases = [
      [
        { "morercpthosts.cdb": more("a.example", "..bad"), morercpthosts: "b.example\n" },
        ["a.example"],
      ],
      [{ morercpthosts: "b.example\n" }, ["b.example"]],
      [{ "morercpthosts.cdb": "damaged", morercpthosts: "c.example\n" }, ["c.example"]],
      [{ "morercpthosts.cdb": "damaged" }, []],
    ] as const;
    for (const [files, names] of cases) {
      const { domains } = domainsOf({ rcpthosts: "", smtproutes, locals: "", ...files });
      assert.deepEqual(
        domains.slice(1),
        names.map((name) => `${name} to smart.example.net:25`),
      );
    }
  });
});

suite("virtualdomains and users/assign", () => {
  test("a domain of vpopmail's that qmail does not know is none", () => {
    const { done, domains } = domainsOf({ virtualdomains: "other.example:matt\n", rcpthosts: "" });
    assert.deepEqual(domains, ["other.example", "mail.example.org"]);
    assert.match(
      saidOf(done, "domains/example.org").join(),
      /operator .*none of control\/virtualdomains/,
    );
    assert.match(
      saidOf(done, "virtualdomains:1").join(),
      /operator .*"matt", a user of the system/,
    );
  });

  test("other names of a domain: by users/assign, a link or a table", () => {
    const assign = `+example.org-:example.org:89:89:/home/vpopmail/domains/example.org:-::
+example.info-:example.org:89:89:/home/vpopmail/domains/example.org:-::
=matt:matt:1:1:/home/matt:::
+matt-:matt:1:1:/home/matt:-::
nonsense
.
+late.example-:example.org:89:89:/x:-::
`;
    const database = {
      layout: "one",
      aliases: [],
      aliasDomains: [{ alias: "example.biz", domain: "example.org" }],
      hasRelayTable: false,
    } as const;
    const domains = [{ ...one[0]!, links: ["example.com"] }];
    const found = domainsOf({ locals: "" }, { assign: file("assign", assign), database, domains });
    assert.deepEqual(found.domains, ["example.org", "example.info", "example.com", "example.biz"]);
    assert.deepEqual(found.done.accounts[0]?.aliases, [
      "alice@example.info",
      "alice@example.com",
      "alice@example.biz",
    ]);
    assert.equal(saidOf(found.done, "assign:3").length + saidOf(found.done, "assign:4").length, 2);
    const cut = domainsOf({}, { assign: file("assign", assign.slice(0, 100)) });
    assert.match(saidOf(cut.done, "assign").join(), /operator .*line with a dot/);
  });
});

test("lines that hold no name are told of, each with its place", () => {
  const text =
    "example.org\r\nwith\0nul\nm\xfcller.example\nb\x1b[2J\n*.star.example\n192.0.2.1\nx y\n.\n";
  const { done } = domainsOf({ rcpthosts: text });
  const said = saidOf(done, "rcpthosts");
  assert.match(said[0] ?? "", /^translated .*CR LF/);
  for (const line of [2, 3, 4, 5, 6, 7, 8]) {
    assert.match(saidOf(done, `rcpthosts:${line}`).join(), /^operator /, `line ${line}`);
  }
  assert.doesNotMatch(done.said.join("\n"), /[^\P{Cc}\n]/u);
});

test("routes: the longest suffix counts, and exceptions stay some", () => {
  const smtproutes =
    ":smart.example\n.a.example:wide.example\n.b.a.example:\nc.b.a.example:own.example\nx.example:\n";
  const { done } = domainsOf({ smtproutes, rcpthosts: "" });
  assert.deepEqual(
    done.draft.routes.map(({ value: { to, via } }) => `${to} ${via}`),
    [
      "c.b.a.example own.example:25",
      "x.example mx",
      ".b.a.example mx",
      ".a.example wide.example:25",
      "* smart.example:25",
    ],
  );
  const alone = domainsOf({ smtproutes: "x.example:\n.y.example:\n", rcpthosts: "" });
  assert.deepEqual(alone.done.draft.routes, []);
  assert.match(saidOf(alone.done, "smtproutes:1").join(), /^left-out .*as all mail/);
});

test("routes: the last of two counts, a login is never shown", () => {
  const smtproutes =
    "a.example:one.test\na.example:two.test\nb.example:[192.0.2.1]:587 user hunter2\nhunter2\n\0hunter2\nc.example:no..host hunter2\n";
  const { done } = domainsOf({ smtproutes, rcpthosts: "" });
  assert.deepEqual(
    done.draft.routes.map(({ value: { to, via } }) => `${to} ${via}`),
    ["a.example two.test:25", "b.example 192.0.2.1:587"],
  );
  assert.deepEqual(done.draft.routes[1]?.value.login, { user: "user", password: "hunter2" });
  assert.doesNotMatch(done.said.join("\n"), /a hunter2|user hunter2|host hunter2/);
});

test("a route for a domain whose mail ends here does nothing", () => {
  const { done } = domainsOf({ smtproutes: "example.org:elsewhere.example\n" });
  assert.deepEqual(done.draft.routes, []);
  assert.match(saidOf(done, "smtproutes:1").join(), /^left-out .*ends here/);
});
