// One server, by its commands, its HTTP API and its page's login: what one does, the others see, and the
// audit log says who did it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { freePort } from "../support/free-port.ts";
import { createBrowser, operatorPassword } from "../support/operated-server.ts";
import { runBailiwick, startBailiwick, type TestServer } from "../support/server.ts";
import { openSession } from "../support/smtp-client.ts";

const entries = z.array(
  z.object({
    via: z.string(),
    who: z.string(),
    act: z.string(),
    client: z.string().optional(),
    error: z.string().optional(),
  }),
);

test("one server, by commands, by HTTP and by the page's login", async (t) => {
  const port = await freePort();
  const configuration = {
    listeners: {
      mx: { role: "mx", listen: ["127.0.0.1:0"] },
      submission: { role: "submission", listen: ["127.0.0.1:0"], "login-in-clear": "loopback" },
      admin: { role: "admin", listen: [`127.0.0.1:${port}`] },
    },
    relay: { networks: ["127.0.0.1"] },
    domains: { "example.org": { deliver: "mailboxes" } },
    routes: [{ to: "*", via: `127.0.0.1:${await freePort()}` }],
  };
  const url = `http://127.0.0.1:${port}`;
  let server: TestServer = await startBailiwick(t, { configuration });
  const said = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await server.run(...words);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const secret = join(server.folder, "secret.txt");
  await writeFile(secret, `${operatorPassword}\n`, { mode: 0o600 });

  const tokenOf = async (name: string, scope: string, ...more: readonly string[]) =>
    (await said("token", "add", name, "--scope", scope, ...more)).split("\n")[0] ?? "";
  const whole = await tokenOf("deploy", "read,queue,people,audit");
  const reader = await tokenOf("look only", "read", "--expires", "90d");

  async function ask(method: string, path: string, token: string, body?: unknown) {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token !== "" && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      body: z.record(z.string(), z.unknown()).parse(await response.json()),
    };
  }

  await t.test("nobody comes in without what it takes", async () => {
    assert.equal((await ask("GET", "/queue", "")).status, 401);
    assert.equal((await ask("GET", "/queue", `bw_${"A".repeat(43)}`)).status, 401);
    const lacking = await ask("POST", "/queue/hold", reader, { all: true });
    assert.equal(lacking.status, 403);
    assert.match(String(lacking.body["error"]), /lacks the scope queue/);
    const short = await tokenOf("short", "read", "--expires", "1s");
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    assert.match(String((await ask("GET", "/queue", short)).body["error"]), /has expired/);
    const foreign = { origin: "https://evil.example", authorization: `Bearer ${whole}` };
    assert.equal((await fetch(`${url}/api/v1/queue`, { headers: foreign })).status, 403);
    const forged = request(`${url}/api/v1/queue`, { headers: { host: "evil.example" } }).end();
    const [answer] = await once(forged, "response");
    assert.equal(Reflect.get(answer, "statusCode"), 421);
    const huge = { sender: "x".repeat(2_200_000) };
    assert.equal((await ask("POST", "/queue/hold", whole, huge)).status, 413);
    for (const id of ["' or 1=1 --", "<script>alert(1)</script>", "..%2f..%2fstore.db"]) {
      assert.equal((await ask("GET", `/queue/${encodeURIComponent(id)}`, whole)).status, 400);
    }
  });

  await t.test("what the API holds the command line sees, and the other way round", async () => {
    const client = await openSession(server.address);
    const content = "Subject: Hello\r\n\r\nHello.\r\n";
    for (const to of ["u1@far.example", "u2@far.example"]) {
      await client.send({ from: "ann@client.example", to: [to], content });
    }
    client.destroy();
    const held = await ask("POST", "/queue/hold", whole, { domain: "far.example" });
    assert.deepEqual(held.body, { messages: 2, dryRun: false });
    const lines = (await said("queue", "list", "--state", "held", "--json")).trim().split("\n");
    assert.equal(lines.length, 2);
    const { id } = z.object({ id: z.string() }).parse(JSON.parse(lines[0] ?? ""));
    assert.equal(await said("queue", "release", id), "1 message released\n");
    const { body } = await ask("GET", "/queue?state=held", whole);
    assert.equal(z.array(z.unknown()).parse(body["messages"]).length, 1);
  });

  await t.test("two at once: one deletes a message, and the other has none to delete", async () => {
    const { body } = await ask("GET", "/queue?state=held", whole);
    const [message] = z.array(z.object({ id: z.string() })).parse(body["messages"]);
    const ids = [message?.id];
    const both = await Promise.all([
      ask("POST", "/queue/delete", whole, { ids }),
      ask("POST", "/queue/delete", whole, { ids }),
      ask("POST", "/queue/hold", whole, { ids }),
    ]);
    assert.ok(both.every(({ status }) => status === 200));
    const [one, other] = both.map((each) => Number(each.body["messages"]));
    assert.equal((one ?? 0) + (other ?? 0), 1);
    assert.equal((await ask("GET", `/queue/${message?.id}`, whole)).status, 404);
  });

  await t.test("an account that the API has made logs in by SMTP", async () => {
    const account = { address: "carol@example.org", password: "a long password" };
    assert.equal((await ask("POST", "/accounts", whole, account)).status, 200);
    assert.match(await said("account", "list"), /^carol@example\.org +yes /m);
    const submission = server.listeners.find(({ name }) => name === "submission");
    assert.ok(submission);
    const client = await openSession(submission);
    await client.expect(`AUTH PLAIN ${btoa(`\0carol@example.org\0${account.password}`)}`, "235");
    client.destroy();
  });

  const browser = createBrowser(url);
  await t.test("an operator logs in by a form, and its cookie is for our pages alone", async () => {
    const added = await said("operator", "add", "ann", "--password-file", secret);
    assert.equal(added, `ann is added. The page is at ${url}/\n`);
    assert.equal((await browser.logIn("ann", "wrong password")).status, 401);
    const [cookie = ""] = (await browser.logIn("ann")).headers.getSetCookie();
    assert.match(cookie, /^__Host-bailiwick=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    assert.equal((await browser.get("/api/v1/queue")).status, 200);
    assert.equal((await browser.submit("/logout", { csrf: "x" })).status, 403);
    assert.equal((await browser.submit("/logout", {}, { origin: "null" })).status, 403);
  });

  await t.test("a restart keeps the session, until the operator leaves", async () => {
    assert.equal(await server.stop(), 0);
    // Without a server, the commands work on the store.
    assert.match(await said("operator", "list"), /^ann +20/m);
    const listed = z
      .array(z.object({ id: z.string(), name: z.string() }))
      .parse(JSON.parse(await said("token", "list", "--json")));
    const short = listed.find(({ name }) => name === "short")?.id ?? assert.fail();
    assert.equal(await said("token", "remove", short), `the token ${short} is removed\n`);
    assert.match(await said("token", "list"), /^\w+ +look only +read +20.* +20.* +20/m);
    server = await startBailiwick(t, { configuration, folder: server.folder });
    assert.equal((await browser.get("/password")).status, 200);
    const { cookie } = browser;
    assert.equal((await browser.submit("/logout", {})).status, 303);
    browser.cookie = cookie;
    assert.equal((await browser.get("/password")).status, 303);
  });

  await t.test("a new password, and the end of an operator, log out", async () => {
    await browser.logIn("ann");
    await said("operator", "password", "ann", "--password-file", secret);
    assert.equal((await browser.get("/password")).status, 303);
    await browser.logIn("ann");
    await said("operator", "remove", "ann");
    assert.equal((await browser.get("/password")).status, 303);
    const unknown = await server.run("operator", "remove", "ann");
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /there is no operator ann/);
  });

  await t.test("the audit log says who did what, and by which way", async () => {
    const lines = (await said("audit", "--json")).trim().split("\n");
    const all = entries.parse(lines.map((line) => JSON.parse(line)));
    const user = all.find(({ act }) => act === "tokenAdd")?.who ?? "";
    assert.ok(user.length > 0);
    const has = (via: string, who: string, act: string) =>
      assert.ok(
        all.some((each) => each.via === via && each.who === who && each.act === act),
        `${act} by ${who}, ${via}`,
      );
    has("api", "deploy", "queueHold");
    has("api", "deploy", "accountAdd");
    has("command", user, "queueRelease");
    has("command", user, "operatorRemove");
    has("command", user, "tokenRemove"); // while no server ran
    assert.ok(all.every(({ via, client }) => (via === "command") === (client === undefined)));
    assert.ok(
      all.some(({ act, error }) => act === "operatorRemove" && /no operator/.test(error ?? "")),
    );
    const text = lines.join("\n");
    assert.ok(!text.includes(operatorPassword) && !text.includes("a long password"));
    assert.ok(!text.includes("bw_") && !text.includes("argon2"));
    const table = await said("audit", "--act", "accountAdd", "--since", "1h");
    assert.match(
      table,
      /^20\S+ \S+  accountAdd by deploy \(api from 127\.0\.0\.1, on mail\.example\.org\)$/m,
    );
    assert.match(table, /^ {4}\{"address":"carol@example\.org","canLogIn":true\}$/m);
    assert.equal(await said("audit", "--who", "nobody"), "Nothing was done.\n");
  });

  await t.test("what is typed wrong is said", async () => {
    const wrong = [
      [["operator", "add", "a b"], 2, /letters, digits, dots/],
      [["operator", "add", "bob", "--password-file", "-"], 2, /too short/],
      [["token", "add", "x", "--scope", "everything"], 2, /scopes out of read, queue/],
      [["token", "add", "x"], 2, /--scope/],
      [["token", "add", "deploy", "--scope", "read"], 1, /a token named "deploy" already/],
      [["token", "remove", "nothing"], 1, /there is no token nothing/],
      [["audit", "--since", "yesterday"], 2, /such as 90s/],
    ] as const;
    for (const [words, code, expected] of wrong) {
      const file = ["-c", server.configurationFile];
      const result = await runBailiwick([...words, ...file], { input: "short\n" });
      assert.equal(result.code, code, words.join(" "));
      assert.match(result.stderr, expected);
    }
    assert.equal(await server.stop(), 0);
  });
});
