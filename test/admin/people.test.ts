// What an operator does with people, lists and the map on the page, without a script in the browser.

import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { z } from "zod";
import { parseIp, parsePrefix } from "../../src/core/mail/ip.ts";
import { type Browser, startOperatedServer } from "../support/operated-server.ts";

const server = await startOperatedServer(
  { after },
  {
    configuration: {
      relay: { networks: ["145.97.39.0/24", "2001:db8::/48"], roaming: { lifetime: "180m" } },
    },
  },
);
await server.addOperator("ann");
await server.addOperator("bob");
const { operations } = server;
const ann = server.browser();
await ann.logIn("ann");
const bob = server.browser();
await bob.logIn("bob");

function addressOf(local: string) {
  return { local, domain: "example.org" };
}

async function textOf(response: Response): Promise<string> {
  return (await response.text()).replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
}

/** What the page says that a form led to. */
async function outcomeOf(browser: Browser, response: Response): Promise<string> {
  assert.equal(response.status, 303, await response.clone().text());
  const page = await browser.get(response.headers.get("location") ?? "");
  const found =
    /class="notice (?<tone>\w+)".*?<span class="unseen">.*?<\/span>(?<text>.*?)<\/div><\/div>/s.exec(
      await page.text(),
    );
  const words = found?.groups?.["text"]?.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  return `${found?.groups?.["tone"] ?? "none"}: ${words?.trim() ?? ""}`;
}

suite("accounts", () => {
  test("are made with a password that is shown once, and is good", async () => {
    const made = await ann.submit("/people/new", { address: "carl@example.org", with: "made" });
    assert.equal(made.status, 200);
    assert.equal(made.headers.get("cache-control"), "no-store");
    assert.match(await made.text(), /<code[^>]*>[a-z]{6}(-[a-z]{6}){3}<\/code>/);
    const page = await textOf(await ann.get("/people/account?address=carl%40example.org"));
    assert.match(page, /may log in/);
    assert.doesNotMatch(page, /[a-z]{6}(-[a-z]{6}){3}/);
    const [entry] = await operations.auditList({}, 1);
    assert.equal(entry?.act, "accountAdd");
    assert.equal(entry?.who, "ann");
    assert.doesNotMatch(JSON.stringify(entry), /[a-z]{6}(-[a-z]{6}){3}|argon2/);
  });

  test("are not made twice, nor badly", async () => {
    const fields = { address: "dora@example.org", with: "given", password: "correct horse" };
    assert.equal((await ann.submit("/people/new", fields)).status, 303);
    const again = await bob.submit("/people/new", fields);
    assert.equal(again.status, 400);
    assert.match(await again.text(), /The account dora@example.org exists already/);
    for (const [change, problem] of [
      [{ address: "nonsense" }, /Write an address/],
      [{ address: "" }, /Write an address/],
      [{ address: "x@elsewhere.example" }, /is not one of our domains/],
      [{ address: "e@example.org", password: "" }, /Write a password, or have one made/],
      [{ address: "e@example.org", password: "a\u0007b" }, /cannot be typed everywhere/],
    ] as const) {
      const answer = await ann.submit("/people/new", { ...fields, ...change });
      assert.equal(answer.status, 400);
      const page = await answer.text();
      assert.match(page, problem);
      assert.ok(!page.includes("correct horse"), "a password is never shown again");
    }
  });

  test("are found by a part of their address, page by page", async () => {
    const many = Array.from({ length: 120 }, (_, at) => ({
      address: addressOf(`many${String(at).padStart(3, "0")}`),
      aliases: [],
      credentials: null,
    }));
    await operations.accountImport(many);
    const first = await textOf(await ann.get("/people?q=MANY"));
    assert.match(first, /many000@example.org .*many049@example.org .*1 to 50 of 120/);
    assert.doesNotMatch(first, /many050|carl@/);
    const last = await textOf(await ann.get("/people?q=many&from=100"));
    assert.match(last, /many119@example.org .*101 to 120 of 120/);
    assert.match(await textOf(await ann.get("/people?q=many&from=999999")), /None of 120/);
    assert.match(await textOf(await ann.get("/people?q=%25&only=stopped")), /No account is like/);
  });

  test("are removed only after it was said what goes", async () => {
    await operations.accountAdd(addressOf("eve"), null);
    await operations.addressAdd(addressOf("eve-too"), addressOf("eve"), "alias");
    await operations.forwardAdd({ address: addressOf("all"), targets: [addressOf("eve")] });
    const path = "/people/account/remove?address=eve%40example.org";
    const question = await textOf(await ann.get(path));
    assert.match(question, /Its further addresses go: eve-too@example.org/);
    assert.match(question, /sent on to it still, and will come back: all@example.org/);
    assert.notEqual(await operations.accountShow(addressOf("eve")), null);
    const asked = { address: "eve@example.org" };
    assert.match(
      await outcomeOf(ann, await ann.submit("/people/account/remove", asked)),
      /^ok: eve@example.org is removed/,
    );
    assert.equal(await operations.accountShow(addressOf("eve")), null);
    // Meanwhile another operator had the same in mind.
    assert.match(
      await outcomeOf(bob, await bob.submit("/people/account/remove", asked)),
      /^problem: .*There is no account eve@example.org/,
    );
    assert.equal((await bob.get(path)).status, 404);
    assert.equal((await bob.get("/people/account?address=eve%40example.org")).status, 404);
    assert.equal((await bob.get("/people/account?address=%22%3E%00")).status, 404);
    assert.equal((await bob.get("/people/account")).status, 404);
  });

  test("are disabled and enabled, have addresses and app passwords", async () => {
    await operations.accountAdd(addressOf("finn"), null);
    const address = "finn@example.org";
    const disabled = await ann.submit("/people/account/disable", { address });
    assert.match(await outcomeOf(ann, disabled), /^ok: Nobody can log in to finn/);
    const enabled = await ann.submit("/people/account/enable", { address });
    assert.match(await outcomeOf(ann, enabled), /^ok: finn@example.org may log in again/);
    const alias = { account: address, key: "f@example.org", kind: "alias" };
    assert.match(
      await outcomeOf(ann, await ann.submit("/people/address/add", alias)),
      /^ok: .*has the address f@example.org now/,
    );
    assert.match(
      await outcomeOf(bob, await bob.submit("/people/address/add", alias)),
      /^problem: .*has the address f@example.org already/,
    );
    const device = { account: address, name: "scanner", scope: "send" };
    const made = await ann.submit("/people/app-password/add", device);
    assert.match(await made.text(), /<code[^>]*>[a-z]{6}(-[a-z]{6}){3}<\/code>/);
    const [password] = await operations.appPasswordList(addressOf("finn"));
    assert.equal(password?.scope, "send");
    const id = password?.id ?? "";
    const path = `/people/app-password/remove?account=${address}&id=${id}`;
    assert.match(await textOf(await ann.get(path)), /scanner cannot log in as finn@example.org/);
    const gone = await ann.submit("/people/app-password/remove", { account: address, id });
    assert.match(await outcomeOf(ann, gone), /^ok: The app password is removed/);
    assert.equal((await ann.get(path)).status, 404);
  });
});

suite("forwards and domains", () => {
  test("are made and taken away", async () => {
    await operations.accountAdd(addressOf("gus"), null);
    const fields = {
      address: "news@example.org",
      targets: "gus@example.org\n x@elsewhere.example",
    };
    assert.match(
      await outcomeOf(ann, await ann.submit("/people/forwards/add", fields)),
      /^ok: Mail for news@example.org is sent on to 2 addresses/,
    );
    const wrong = await ann.submit("/people/forwards/add", { ...fields, targets: "no address" });
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /“no” is no address such as/);
    const one = { address: "news@example.org", target: "x@elsewhere.example" };
    assert.match(
      await outcomeOf(ann, await ann.submit("/people/forwards/remove", one)),
      /^ok: Mail for news@example.org goes to x@elsewhere.example no more/,
    );
    const added = await ann.submit("/people/domains/add", { domain: "more.example" });
    assert.match(await outcomeOf(ann, added), /^ok: more.example is one of our domains now/);
    const fixed = await ann.submit("/people/domains/remove", { domain: "example.org" });
    assert.match(await outcomeOf(ann, fixed), /^problem: .*stands in the configuration/);
    const removed = await ann.submit("/people/domains/remove", { domain: "more.example" });
    assert.match(await outcomeOf(ann, removed), /^ok: more.example is none of our domains/);
  });
});

suite("grants and bans", () => {
  test("a grant is given, found and revoked; whoever comes second is told", async () => {
    const fields = { client: "203.0.113.9", account: "gus@example.org", for: "3h" };
    assert.match(
      await outcomeOf(ann, await ann.submit("/people/grants/add", fields)),
      /^ok: 203.0.113.9 relays for gus@example.org until/,
    );
    const client = parseIp("203.0.113.9") ?? assert.fail();
    const [grant] = await operations.grantList({ client, account: null }, false);
    const id = grant?.id ?? assert.fail();
    assert.match(await textOf(await bob.get("/people/grants?q=gus%40example.org")), /203.0.113.9/);
    const question = await textOf(await bob.get(`/people/grants/revoke?id=${id}`));
    assert.match(question, /at once and for good/);
    assert.match(
      await outcomeOf(ann, await ann.submit("/people/grants/revoke", { id })),
      /^ok: 203.0.113.9 does not relay any more for gus@example.org/,
    );
    assert.match(
      await outcomeOf(bob, await bob.get(`/people/grants/revoke?id=${id}`)),
      /^warning: .*This grant is over, or was revoked meanwhile/,
    );
    for (const bad of [{ client: "x" }, { account: "x" }, { for: "soon" }]) {
      const answer = await ann.submit("/people/grants/add", { ...fields, ...bad });
      assert.match(await outcomeOf(ann, answer), /^problem: .*Write /);
    }
  });

  test("a ban is imposed, shown with its evidence, and lifted once", async () => {
    const note = `<b>"&`;
    const fields = { prefix: "198.51.100.0/24", for: "7d", because: note };
    const imposed = await ann.submit("/people/bans/add", fields);
    assert.match(await outcomeOf(ann, imposed), /^ok: 198.51.100.0\/24 may not log in/);
    const page = await (await ann.get("/people/bans?q=198.51.100.7")).text();
    assert.match(page, /198\.51\.100\.0\/24/);
    assert.ok(page.includes("&lt;b&gt;&quot;&amp;") && !page.includes(note));
    const prefix = "198.51.100.0/24";
    const question = await textOf(await ann.get(`/people/bans/lift?prefix=${prefix}`));
    assert.match(question, /the first ban.*Guesses: none/);
    const lift = () => ann.submit("/people/bans/lift", { prefix });
    assert.match(await outcomeOf(ann, await lift()), /^ok: .*may try to log in again/);
    assert.match(await outcomeOf(ann, await lift()), /^problem: .*is not banned/);
    assert.deepEqual(await operations.banShow(parsePrefix(prefix) ?? assert.fail()), []);
  });
});

suite("what changes nothing", () => {
  test("the map leads nearer, by links alone", async () => {
    const whole = await (await ann.get("/relay")).text();
    assert.match(whole, /256 IPv4 addresses \(0\.000005 % of IPv4\)/);
    const link = /<a href="(?<path>\/relay\?view=145\.0\.0\.0%2F8)" aria-label="145/.exec(whole);
    const near = await (await ann.get(link?.groups?.["path"] ?? assert.fail())).text();
    assert.match(near, /145\.97\.0\.0\/16: 256 addresses, by one line/);
    assert.match(near, /bailiwick\.yaml:1/);
    assert.match(
      await textOf(await ann.get("/relay?view=145.97.39.7")),
      /145.97.39.0\/24, of which 256/,
    );
    const wrong = await ann.get("/relay?view=%3Cscript%3E");
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /value="&lt;script&gt;"/);
  });

  test("the history is data, and the pages stand for every span", async () => {
    const answer = await ann.get("/now/history?span=week");
    const shape = z.object({ times: z.array(z.number()), charts: z.array(z.looseObject({})) });
    const { times, charts } = shape.parse(await answer.json());
    assert.deepEqual([times.length, charts.length], [168, 6]);
    for (const path of [
      "/now",
      "/now?span=day",
      "/now?span=nonsense",
      "/lists",
      "/people/grants/report",
    ])
      assert.equal((await ann.get(path)).status, 200, path);
    assert.equal((await ann.get("/lists/dns?domain=elsewhere.example")).status, 404);
  });

  test("nobody sees it, or does anything, without a login", async () => {
    const stranger = server.browser();
    for (const path of ["/now", "/relay", "/people", "/people/bans", "/lists", "/now/history"]) {
      const { status, headers } = await stranger.get(path);
      assert.equal(status, 303, path);
      assert.match(headers.get("location") ?? "", /^\/login/);
    }
    const form = { address: "mallory@example.org", with: "made" };
    assert.equal((await stranger.submit("/people/new", form)).status, 303);
    assert.equal((await ann.submit("/people/new", { ...form, csrf: "x".repeat(43) })).status, 403);
    assert.equal(await operations.accountShow(addressOf("mallory")), null);
  });
});

test("nothing failed on the way", () => {
  assert.deepEqual(
    server.log.filter(({ level }) => level === "error"),
    [],
  );
});
