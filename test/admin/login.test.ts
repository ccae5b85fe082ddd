// Operators log in to the page, and nobody else does.

import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import {
  createBrowser,
  operatorPassword,
  startOperatedServer,
} from "../support/operated-server.ts";
import { behindProxy, startProxy } from "../support/proxied.ts";

const server = await startOperatedServer({ after });
await server.addOperator("ann");
await server.addOperator("bob");

function alertIn(page: string): string | undefined {
  return /role="alert">.*Problem: <\/span>(?<text>[^<]*)</.exec(page)?.groups?.["text"];
}

suite("the form", () => {
  test("is where a page leads that needs a login, and leads back", async () => {
    const browser = server.browser();
    const asked = await browser.get("/password");
    assert.equal(asked.status, 303);
    assert.equal(asked.headers.get("location"), "/login?next=%2Fpassword");
    const form = await browser.get("/login?next=%2Fpassword");
    assert.equal(form.status, 200);
    assert.match(await form.text(), /name="next" value="\/password"/);
    const done = await browser.logIn("ann");
    assert.equal(done.status, 303);
    assert.equal(done.headers.get("location"), "/password");
    assert.match(await (await browser.get("/password")).text(), /name="csrf" value="[\w-]{43}"/);
    assert.equal((await browser.get("/login")).headers.get("location"), "/");
  });

  test("leads to no other site", async () => {
    for (const next of ["//evil.example/", "/\\evil.example", "https://evil.example/", "/a\r\nb"]) {
      const page = await server.browser().get(`/login?next=${encodeURIComponent(next)}`);
      assert.match(await page.text(), /name="next" value="\/"/, next);
    }
  });

  test("shows what was typed as text", async () => {
    const name = `"><script>alert(1)</script>`;
    const page = await (await server.browser().logIn(name, "x")).text();
    assert.ok(page.includes("&quot;&gt;&lt;script&gt;"), page);
    assert.ok(!page.includes("<script"), page);
  });

  test("has headers that let nothing foreign in", async () => {
    const { headers } = await server.browser().get("/login");
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/);
    assert.match(policy, /form-action 'self'; .*base-uri 'none'$/);
    assert.equal(headers.get("referrer-policy"), "same-origin");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cache-control"), "no-store");
  });

  test("is taken from our own pages alone", async () => {
    const browser = server.browser();
    const fields = { name: "ann", password: operatorPassword };
    const send = (headers: Record<string, string>) => browser.submit("/login", fields, headers);
    assert.equal((await send({ origin: "https://evil.example" })).status, 403);
    assert.equal((await send({ origin: "null" })).status, 403);
    assert.equal((await send({ origin: "http://127.0.0.1:1" })).status, 403);
    assert.equal((await send({ "sec-fetch-site": "cross-site" })).status, 403);
    assert.equal((await send({ "sec-fetch-site": "same-site" })).status, 403);
    assert.equal((await send({ "content-type": "text/plain" })).status, 415);
    const unsaid = await fetch(`${server.url}/login`, {
      method: "POST",
      body: new URLSearchParams(fields),
    });
    assert.equal(unsaid.status, 403);
    assert.equal(browser.cookie, "");
  });

  test("is not taken in a size that nobody types", async () => {
    const response = await server.browser().logIn("ann", "x".repeat(70_000));
    assert.equal(response.status, 413);
  });
});

suite("over a connection in clear", () => {
  test("from elsewhere there is no form, and no login", async (t) => {
    const admin = { role: "admin", ...behindProxy };
    const mx = { role: "mx", listen: ["127.0.0.1:0"] };
    const remote = await startOperatedServer(t, { configuration: { listeners: { admin, mx } } });
    await remote.addOperator("ann");
    const place = { host: "127.0.0.1", port: Number(new URL(remote.url).port) };
    const { port } = await startProxy(t, place, "203.0.113.9");
    const browser = createBrowser(`http://127.0.0.1:${port}`);
    const page = await browser.get("/login");
    assert.equal(page.status, 403);
    const text = await page.text();
    assert.match(text, /not encrypted.*tls: implicit.*ssh -L/s);
    assert.doesNotMatch(text, /<form|<input/);
    assert.equal((await browser.logIn("ann")).status, 403);
    assert.equal(browser.cookie, "");
    const near = await startProxy(t, place, "::1");
    const loopback = createBrowser(`http://127.0.0.1:${near.port}`);
    assert.equal((await loopback.logIn("ann")).status, 303);
  });
});

suite("a session", () => {
  test("is a cookie that scripts and other sites do not get", async () => {
    const answer = await server.browser().logIn("ann");
    const [cookie = ""] = answer.headers.getSetCookie();
    assert.match(cookie, /^__Host-bailiwick=[\w-]{43}; /);
    for (const part of ["Path=/", "HttpOnly", "Secure", "SameSite=Strict", "Max-Age=604800"]) {
      assert.ok(cookie.split("; ").includes(part), `${part} in ${cookie}`);
    }
  });

  test("is a new one at each login, and the one before is over", async () => {
    const browser = server.browser();
    await browser.logIn("ann");
    const before = browser.cookie;
    await browser.submit("/login", { name: "ann", password: operatorPassword });
    assert.notEqual(browser.cookie, before);
    const old = server.browser();
    old.cookie = before;
    assert.equal((await old.get("/password")).status, 303);
    assert.equal((await browser.get("/password")).status, 200);
  });

  test("ends with a form of its own, and with nothing else", async () => {
    const browser = server.browser();
    await browser.logIn("ann");
    for (const csrf of ["", "x", "A".repeat(43)]) {
      assert.equal((await browser.submit("/logout", { csrf })).status, 403);
    }
    const unsaid = await fetch(`${server.url}/logout`, {
      method: "POST",
      headers: { cookie: browser.cookie, accept: "text/html" },
    });
    assert.equal(unsaid.status, 403);
    assert.equal((await browser.get("/logout")).status, 405);
    const { cookie } = browser;
    assert.equal((await browser.submit("/logout", {})).status, 303);
    assert.equal(browser.cookie, "", "the browser has forgotten it");
    browser.cookie = cookie;
    assert.equal((await browser.get("/password")).status, 303, "and the server, too");
  });

  test("of somebody's making is none", async () => {
    const browser = server.browser();
    for (const value of ["", "x", "A".repeat(43), "A".repeat(5000), "%00", "' or 1=1 --"]) {
      browser.cookie = `__Host-bailiwick=${value}`;
      assert.equal((await browser.get("/password")).status, 303, value);
    }
  });

  test("ends for other browsers when the password is changed", async () => {
    const [here, there] = [server.browser(), server.browser()];
    await here.logIn("bob");
    await there.logIn("bob");
    const change = (fields: Record<string, string>) => here.submit("/password", fields);
    const next = "another horse battery";
    const bad = [
      [{ current: "wrong horse", new: next, again: next }, /password is wrong/],
      [{ current: operatorPassword, new: next, again: "x" }, /differ/],
      [{ current: operatorPassword, new: "short", again: "short" }, /too short/],
    ] as const;
    for (const [fields, expected] of bad) {
      const answer = await change(fields);
      assert.equal(answer.status, 400);
      assert.match(alertIn(await answer.text()) ?? "", expected);
    }
    assert.equal((await there.get("/password")).status, 200);
    assert.equal((await change({ current: operatorPassword, new: next, again: next })).status, 303);
    assert.equal((await here.get("/password")).status, 200);
    assert.equal((await there.get("/password")).status, 303);
    assert.equal((await there.logIn("bob", next)).status, 303);
    const [last] = await server.operations.auditList({ act: "operatorSetPassword" }, 1);
    assert.deepEqual([last?.via, last?.who, last?.client], ["page", "bob", "127.0.0.1"]);
    assert.ok(!JSON.stringify(last).includes("horse"));
  });

  test("is over after half a day without a sign of life, and after a week", async () => {
    const [idle, busy] = [server.browser(), server.browser()];
    await idle.logIn("ann");
    await busy.logIn("ann");
    for (let half = 1; half <= 13; half++) {
      server.pass(6 * 3_600_000);
      assert.equal((await busy.get("/password")).status, 200, `after ${half * 6} hours`);
    }
    assert.equal((await idle.get("/password")).status, 303);
    for (let half = 14; half < 28; half++) {
      server.pass(6 * 3_600_000);
      assert.equal((await busy.get("/password")).status, 200, `after ${half * 6} hours`);
    }
    server.pass(6 * 3_600_000);
    assert.equal((await busy.get("/password")).status, 303);
  });

  test("is over when its operator is removed", async () => {
    await server.addOperator("cecil");
    const browser = server.browser();
    await browser.logIn("cecil");
    assert.equal((await browser.get("/password")).status, 200);
    await server.operations.operatorRemove("cecil");
    assert.equal((await browser.get("/password")).status, 303);
  });
});

suite("who guesses", () => {
  test("is told no more than that it is wrong, whoever exists", async () => {
    const answers = await Promise.all(
      ["ann", "nobody", "", "ann\0", "a".repeat(9000)].map((name) =>
        server.browser().logIn(name, "guess"),
      ),
    );
    for (const answer of answers) {
      assert.equal(answer.status, 401);
      assert.equal(alertIn(await answer.text()), "The name or the password is wrong.");
    }
  });

  test("does not bring into the log what is nobody's name: it may be a password", async () => {
    const before = server.log.length;
    await server.browser().logIn("hunter2hunter2", "x");
    await server.browser().logIn("x".repeat(60_000), "x");
    await server.browser().logIn("ann", "x");
    const lines = server.log.slice(before).filter(({ event }) => event === "operator-login");
    assert.deepEqual(
      lines.map(({ name }) => name),
      [undefined, undefined, "ann"],
    );
    assert.ok(!JSON.stringify(lines).includes("hunter2"));
  });

  test("is banned in the end, and the ban can be lifted", async (t) => {
    const guessing = { allow: [], client: "2 per 1h" }; // without `allow`, this machine is as others
    const strict = await startOperatedServer(t, { configuration: { limits: { guessing } } });
    assert.equal((await strict.browser().logIn("nobody", "guess 1")).status, 401);
    assert.equal((await strict.browser().logIn("nobody", "guess 2")).status, 401);
    assert.equal((await strict.browser().logIn("nobody", "guess 3")).status, 429);
    const [ban] = await strict.operations.banList(false);
    assert.deepEqual(ban?.evidence.names, ["operator:nobody"]);
    await strict.operations.banLift(ban.prefix);
    assert.equal((await strict.browser().logIn("nobody", "guess")).status, 401);
    assert.equal(strict.log.filter(({ event }) => event === "operator-login").length, 3);
  });
});
