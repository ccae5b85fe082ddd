// Programs do by HTTP what the operator can do, as far as their token goes.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { after, suite, test } from "node:test";
import { z } from "zod";
import { actGroups } from "../../src/server/admin/acts/all.ts";
import { type Scope, scopeNames } from "../../src/server/admin/access/scopes.ts";
import { freePort } from "../support/free-port.ts";
import { startOperatedServer } from "../support/operated-server.ts";
import { openSession } from "../support/smtp-client.ts";

const down = `127.0.0.1:${await freePort()}`;
const server = await startOperatedServer(
  { after },
  {
    configuration: {
      relay: { networks: ["127.0.0.1"], roaming: {} },
      routes: [{ to: "*", via: down }],
      queue: { retry: ["1h"] },
      admin: { hosts: ["panel.example.org"] },
    },
  },
);
const all = scopeNames.filter((scope) => scope !== "metrics");
const whole = await server.addToken("whole", all);

type Answered = readonly [status: number, body: Record<string, unknown>];

interface Asked {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function ask(method: string, path: string, asked: Asked = {}): Promise<Answered> {
  const { token = whole, body, headers = {} } = asked;
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      ...(token !== "" && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return [response.status, z.record(z.string(), z.unknown()).parse(await response.json())];
}

async function done(method: string, path: string, body?: unknown) {
  const [status, answer] = await ask(method, path, { body });
  assert.equal(status, 200, JSON.stringify(answer));
  return answer;
}

async function refused(status: number, text: RegExp, ...asked: Parameters<typeof ask>) {
  const [found, { error }] = await ask(...asked);
  assert.equal(found, status, `${asked[0]} ${asked[1]}: ${String(error)}`);
  assert.match(String(error), text);
}

/** A value for each name that stands in paths. */
const samples: Readonly<Record<string, string>> = {
  id: "0fk3v9d2m4a",
  address: "nobody@example.org",
  domain: "example.net",
  name: "20261126",
  grant: "192.0.2.250",
};

const acts = actGroups.flatMap((group) => group.acts);

function pathOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => samples[name] ?? "x");
}

/** The answer to whoever takes us for that host. */
function statusFor(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { host, authorization: `Bearer ${whole}` };
    request(`${server.url}/api/v1/queue`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

suite("who may ask", () => {
  test("nobody without a token, whatever for", async () => {
    for (const { method, path } of acts) {
      await refused(401, /token is missing/, method, pathOf(path), { token: "" });
    }
  });

  test("nobody with a wrong one, and the log says so once a minute", async () => {
    const wrong = [`bw_${"A".repeat(43)}`, "bw_", "x", `${whole}x`, whole.slice(3), "' or 1=1 --"];
    for (const token of wrong) await refused(401, /no such token/, "GET", "/queue", { token });
    const basic = { authorization: `Basic ${btoa(`x:${whole}`)}` };
    await refused(401, /Authorization: Bearer/, "GET", "/queue", { token: "", headers: basic });
    const lines = server.log.filter(({ event }) => event === "api-token-refused");
    assert.equal(lines.length, 1);
    assert.ok(!JSON.stringify(server.log).includes("AAAAAA"));
  });

  test("each token for what its scope says, and for nothing else", async () => {
    const tokens = new Map<Scope, string>();
    for (const scope of scopeNames) tokens.set(scope, await server.addToken(scope, [scope]));
    for (const { method, path, scope } of acts.filter(({ name }) => name !== "reload")) {
      for (const [own, token] of tokens) {
        const [status, { error }] = await ask(method, pathOf(path), { token, body: undefined });
        if (own === scope) assert.ok(status !== 401 && status !== 403, `${method} ${path}`);
        else {
          assert.equal(status, 403, `${method} ${path} with ${own}`);
          assert.equal(error, `the token "${own}" lacks the scope ${scope}; it has ${own}`);
        }
      }
    }
  });

  test("no token that has expired or was removed", async () => {
    const token = await server.addToken("short", ["read"], 3_600_000);
    assert.equal((await ask("GET", "/queue", { token }))[0], 200);
    const listed = await server.operations.tokenList();
    const short = listed.find(({ name }) => name === "short") ?? assert.fail();
    assert.ok((short.lastUsed ?? 0) >= short.createdAt);
    server.pass(3_600_000);
    await refused(401, /has expired/, "GET", "/queue", { token });
    await server.operations.tokenRemove(short.id);
    await refused(401, /no such token/, "GET", "/queue", { token });
  });

  test("the page of an operator, to look", async () => {
    await server.addOperator("ann");
    const browser = server.browser();
    await browser.logIn("ann");
    const look = (headers: Record<string, string>) => browser.get("/api/v1/queue", headers);
    assert.equal((await look({})).status, 200);
    assert.equal((await look({ "sec-fetch-site": "same-origin" })).status, 200);
    assert.equal((await look({ "sec-fetch-site": "same-site" })).status, 401);
    assert.equal((await look({ "sec-fetch-site": "cross-site" })).status, 403);
    assert.equal((await look({ origin: "https://evil.example" })).status, 403);
    const held = await fetch(`${server.url}/api/v1/queue/hold`, {
      method: "POST",
      headers: { cookie: browser.cookie, origin: server.url, "content-type": "application/json" },
      body: '{"all":true}',
    });
    assert.equal(held.status, 401, "acts of the page go by its forms");
  });

  test("by our names alone", async () => {
    for (const host of ["127.0.0.1", "localhost:8025", "mail.example.org", "panel.example.org"]) {
      assert.equal(await statusFor(host), 200, host);
    }
    for (const host of ["evil.example", "panel.example.org.evil.example", "a b"]) {
      assert.equal(await statusFor(host), 421, host);
    }
  });
});

suite("what is no request for us", () => {
  const hold = ["POST", "/queue/hold"] as const;

  test("is told what is wrong with it", async () => {
    await refused(400, /say which messages/, ...hold, { body: {} });
    await refused(400, /say which messages/, ...hold);
    await refused(400, /send one JSON object/, ...hold, { body: [] });
    await refused(400, /no JSON/, ...hold, { body: '{"all":' });
    await refused(400, /unknown: "x"/, ...hold, { body: { all: true, x: 1 } });
    await refused(400, /into the body/, "POST", "/queue/hold?all=true", { body: { all: true } });
    await refused(400, /stands in the path already/, "PATCH", "/accounts/a@example.org", {
      body: { address: "b@example.org", disabled: true },
    });
    await refused(400, /limit: /, "GET", "/queue?limit=0");
    await refused(400, /domain: /, "GET", "/queue?domain=a.example&domain=b.example");
    await refused(400, /unknown: "dry"/, "GET", "/queue?dry=1");
    await refused(415, /send JSON/, ...hold, { body: "all=true", headers: form });
    await refused(413, /larger than 2 MB/, ...hold, { body: `"${"x".repeat(2_200_000)}"` });
    await refused(405, /takes POST alone/, "PUT", "/queue/hold");
    await refused(405, /takes GET, HEAD, POST alone/, "PUT", "/accounts");
  });
  const form = { "content-type": "application/x-www-form-urlencoded" };

  test("hostile text is an argument as any other", async () => {
    for (const text of ["' or 1=1 --", "<script>", "../../x", "%00", "\u202e", "a".repeat(5000)]) {
      const word = encodeURIComponent(text);
      const [status] = await ask("GET", `/accounts/${word}`);
      assert.ok([404, 405].includes(status), `${status}`);
      await refused(400, /^address: /, "DELETE", `/accounts/${word}`);
      await refused(400, /^id: /, "GET", `/queue/${word}`);
      await refused(400, /^client: /, "GET", `/decisions?client=${word}`);
    }
  });

  test("leads nowhere", async () => {
    await refused(404, /nothing here/, "GET", "/nothing");
    await refused(404, /no such message/, "GET", "/queue/0fk3v9d2m4a");
    await refused(404, /there is no account/, "DELETE", "/accounts/nobody@example.org");
    await refused(404, /no decision/, "GET", "/decisions/0fk3v9d2m4a.1");
    await refused(404, /not banned/, "DELETE", "/bans?prefix=192.0.2.77");
    await refused(404, /no grant/, "DELETE", "/grants/192.0.2.77");
  });
});

suite("acts", () => {
  test("on the queue: looked at by pages, held, released, deleted", async () => {
    const client = await openSession(server.mx);
    for (let count = 0; count < 5; count++) {
      const content = `Subject: <script>alert(${count})</script>\r\n\r\nHello.\r\n`;
      await client.send({ from: "ann@client.example", to: [`u${count}@far.example`], content });
    }
    client.destroy();
    const page = z.object({
      messages: z.array(z.object({ id: z.string(), sender: z.string() })),
      next: z.string().nullable(),
    });
    const first = page.parse(await done("GET", "/queue?limit=3&sender=ann@client.example"));
    assert.equal(first.messages.length, 3);
    assert.equal(first.next, first.messages[2]?.id);
    const second = page.parse(await done("GET", `/queue?limit=3&after=${first.next}`));
    assert.equal(second.messages.length, 2);
    assert.equal(second.next, null);
    const ids = [...first.messages, ...second.messages].map(({ id }) => id);
    const [id = ""] = ids;
    assert.match(id, /^[0-9a-z]{11}$/);
    const dry = { all: true, dryRun: true };
    assert.deepEqual(await done("POST", "/queue/hold", dry), { messages: 5, dryRun: true });
    const held = await done("POST", "/queue/hold", { ids: ids.slice(0, 2) });
    assert.deepEqual(held, { messages: 2, dryRun: false });
    assert.equal(page.parse(await done("GET", "/queue?state=held")).messages.length, 2);
    const why = await done("GET", `/queue/${id}/why`);
    assert.match(JSON.stringify(why), /"cause":\{"kind":"held"\}/);
    assert.deepEqual((await done("POST", "/queue/release", { all: true }))["messages"], 2);
    const wrong = await done("POST", "/queue/delete", { sender: "<>" });
    assert.deepEqual(wrong, { messages: 0, dryRun: false });
    const retried = await done("POST", "/queue/retry", { domain: "far.example", olderThan: "1s" });
    assert.equal(typeof retried["messages"], "number");
    assert.deepEqual((await done("POST", "/queue/delete", { ids }))["messages"], 5);
    await refused(404, /no such message/, "GET", `/queue/${id}`);
    await done("GET", "/destinations");
    await done("POST", "/destinations/flush", {});
  });

  test("by two operators at once: each message is touched by one of them", async () => {
    const client = await openSession(server.mx);
    const content = "Subject: Hello\r\n\r\nHello.\r\n";
    await client.send({ from: "bob@client.example", to: ["u@far.example"], content });
    client.destroy();
    const by = { sender: "bob@client.example" };
    const answers = await Promise.all([
      ...[1, 2, 3].map(() => ask("POST", "/queue/delete", { body: by })),
      ...[1, 2, 3].map(() => ask("POST", "/queue/hold", { body: by })),
    ]);
    assert.ok(answers.every(([status]) => status === 200));
    const deleted = answers.slice(0, 3).map(([, { messages }]) => Number(messages));
    assert.equal(
      deleted.reduce((sum, count) => sum + count),
      1,
    );
  });

  test("on people: an account with all that it can have", async () => {
    const address = "carol@example.org";
    await done("POST", "/accounts", { address, password: "a long password" });
    await refused(409, /exists already/, "POST", "/accounts", { body: { address } });
    await refused(409, /not one of our domains/, "POST", "/accounts", {
      body: { address: "carol@elsewhere.example" },
    });
    await refused(400, /cannot be typed everywhere/, "POST", "/accounts", {
      body: { address: "dan@example.org", password: "\u0007" },
    });
    for (const [method, path] of [
      ["POST", "/accounts"],
      ["PUT", `/accounts/${address}/password`],
    ] as const) {
      const body = { ...(method === "POST" && { address }), password: 987654321 };
      const [status, answer] = await ask(method, path, { body });
      assert.equal(status, 400);
      assert.match(String(answer["error"]), /^password: write a password in quotes/);
    }
    await done("PUT", `/accounts/${address}/password`, { password: "another password" });
    await done("PATCH", `/accounts/${address}`, { disabled: true });
    const found = await done("GET", "/accounts?domain=example.org");
    assert.match(JSON.stringify(found), /"address":"carol@example.org","canLogIn":false/);
    await done("PATCH", `/accounts/${address}`, { disabled: false });
    await done("POST", "/addresses", { address: "@example.org", account: address, kind: "alias" });
    await done("DELETE", `/addresses/@example.org?account=${address}`);
    const targets = ["a@far.example", "b@far.example"];
    await done("POST", "/forwards", { address: "list@example.org", targets, owner: address });
    await done("DELETE", "/forwards/list@example.org?targets=a@far.example");
    assert.deepEqual((await done("GET", "/forwards/list@example.org"))["targets"], [
      "b@far.example",
    ]);
    await done("DELETE", "/forwards/list@example.org");
    const made = await done("POST", "/app-passwords", { account: address, name: "scanner" });
    assert.match(String(made["password"]), /^([a-z]{6}-){3}[a-z]{6}$/);
    await done("DELETE", `/app-passwords/${String(made["id"])}`);
    const wished = [{ address: "dan@example.org", password: "a password" }, { address }];
    const both = await done("POST", "/accounts/import", { accounts: wished });
    assert.match(JSON.stringify(both), /"added":0,.*"index":1/);
    const one = await done("POST", "/accounts/import", { accounts: wished.slice(0, 1) });
    assert.deepEqual(one, { added: 1, problems: [] });
    await done("DELETE", `/accounts/${address}`);
  });

  test("on domains, keys, bans and grants", async () => {
    await done("POST", "/domains", { domain: "third.example" });
    const { keys } = await done("GET", "/dkim?domain=third.example");
    assert.match(JSON.stringify(keys), /"state":"prepared"/);
    await done("POST", "/dkim/third.example/activate", { unchecked: true });
    await done("DELETE", "/domains/third.example");
    await done("POST", "/bans", { prefix: "203.0.113.0/24", for: "1d", because: "guesses" });
    const around = await done("GET", "/bans/around?prefix=203.0.113.9");
    assert.match(JSON.stringify(around), /"prefix":"203.0.113.0\/24","reason":"operator"/);
    await done("DELETE", "/bans?prefix=203.0.113.0/24");
    await done("POST", "/grants", { client: "203.0.113.5", account: "eve@example.org", for: "1h" });
    assert.match(JSON.stringify(await done("GET", "/grants")), /"client":"203.0.113.5"/);
    await done("DELETE", "/grants/203.0.113.5");
    assert.deepEqual((await done("GET", "/grants"))["grants"], []);
    await done("GET", "/grants/report?days=7");
  });

  test("that ask why", async () => {
    const found = await done(
      "GET",
      "/explain?client=203.0.113.9&sender=%3C%3E&recipient=a@b.example",
    );
    assert.match(JSON.stringify(found["decision"]), /"reason":"relaying-denied"/);
    const client = await openSession(server.mx, "127.0.0.2");
    await client.expect("MAIL FROM:<a@client.example>", "250");
    const reply = await client.command("RCPT TO:<b@far.example>");
    client.destroy();
    assert.match(reply, /^550 5\.7\.1 /);
    const past = await done("GET", `/decisions/${encodeURIComponent(reply)}`);
    assert.match(JSON.stringify(past), /relaying-denied/);
    const last = await done("GET", "/decisions?client=127.0.0.2");
    assert.equal(z.array(z.unknown()).parse(last["decisions"]).length, 1);
    await done("GET", "/blocklists");
    await done("POST", "/blocklists/test");
    await refused(409, /names no blocklist/, "GET", "/blocklists/lookup?address=192.0.2.7");
  });

  test("that take a configuration anew, where it is in order", async () => {
    assert.deepEqual(await done("POST", "/reload"), { notes: [] });
    const before = await readFile(server.configurationFile, "utf8");
    await writeFile(server.configurationFile, before.replace('"queue"', '"quue"'));
    await refused(409, /unknown key `quue`; did you mean `queue`/, "POST", "/reload");
    await writeFile(server.configurationFile, before.replace("panel.example.org", "desk.example"));
    await done("POST", "/reload");
    assert.equal(await statusFor("desk.example"), 200);
    assert.equal(await statusFor("panel.example.org"), 421);
  });

  test("are written down with who did them, and without a secret", async () => {
    const entries = await server.operations.auditList({ who: "whole" }, 1000);
    const text = JSON.stringify(entries);
    assert.ok(!/a long password|another password|a password|argon2|SCRAM/i.test(text), text);
    for (const name of ["queueHold", "accountAdd", "appPasswordAdd", "banAdd", "grantRevoke"]) {
      const entry = entries.find((each) => each.act === name) ?? assert.fail(name);
      assert.deepEqual(
        [entry.via, entry.client, entry.node],
        ["api", "127.0.0.1", "mail.example.org"],
      );
    }
    const refusal = entries.find((each) => each.act === "accountAdd" && each.error !== undefined);
    assert.match(refusal?.error ?? "", /not one of our domains|exists already/);
    assert.ok(entries.every(({ act }) => !act.startsWith("queueCount")));
    const { entries: page, next } = await done("GET", "/audit?limit=2&who=whole&since=1d");
    assert.equal(z.array(z.unknown()).parse(page).length, 2);
    const behind = await done("GET", `/audit?limit=2&after=${String(next)}`);
    assert.equal(z.array(z.object({ id: z.string() })).parse(behind["entries"]).length, 2);
  });

  test("answer what their description says", async () => {
    const description = await fetch(`${server.url}/api/v1/openapi.json`);
    assert.equal(description.status, 200);
    for (const act of acts.filter(({ method, path }) => method === "GET" && !path.includes("{"))) {
      const [status, body] = await ask("GET", `${act.path}${needed[act.name] ?? ""}`);
      if (status !== 200) continue;
      assert.deepEqual(JSON.parse(JSON.stringify(act.output.parse(body))), body, act.name);
    }
  });
  const needed: Readonly<Record<string, string>> = {
    explain: "?client=203.0.113.9&sender=%3C%3E&recipient=a@b.example",
    whyClient: "?client=127.0.0.2",
    banShow: "?prefix=192.0.2.7",
  };
});
