// Any program tells of logins by HTTP; and whoever does not know how, or must not, is told so.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { suite, test, type TestContext } from "node:test";
import { type AdminSite, secret, type SiteOptions, startAdminSite } from "../support/admin-site.ts";
import { runCommand, whyMissing } from "../support/command.ts";
import type { Endpoint } from "../support/server.ts";
import { waitUntil } from "../support/wait.ts";

const login = { account: "alice@example.org", client: "203.0.113.9", session: "s1" };

function begin(t: TestContext, options: SiteOptions = {}): Promise<AdminSite> {
  return startAdminSite(t, options);
}

/** One request, as it is told to be; resolves with the status, the headers and the answer. */
async function ask({ host, port }: Endpoint, path: string, init: RequestInit = {}) {
  const response = await fetch(`http://${host}:${port}${path}`, init);
  const text = await response.text();
  const answer: unknown = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, answer };
}

/** Octets as they are; resolves with all that comes until the server closes. */
async function talk({ host, port }: Endpoint, octets: string): Promise<string> {
  const socket = connect(port, host);
  let text = "";
  socket.setEncoding("latin1").on("data", (piece: string) => (text += piece));
  socket.write(octets);
  await once(socket, "close");
  return text;
}

test("a login and its end", async (t) => {
  const site = await begin(t);
  assert.deepEqual(await site.post("/roaming/login", login), [200, { granted: true }]);
  assert.deepEqual(await site.post("/roaming/logout", { session: "s1" }), [200, { known: true }]);
  const [opened, closed] = site.notes;
  assert.equal(opened?.account, "alice@example.org");
  assert.equal(opened?.source, "http");
  assert.equal(closed?.session, "s1");
});

test("curl, as the manual has it", { skip: await whyMissing("curl") }, async (t) => {
  const site = await begin(t);
  const { stdout } = await runCommand("curl", [
    "-s",
    "-H",
    `Authorization: Bearer ${secret}`,
    "-H",
    "Content-Type: application/json",
    "-d",
    '{ "account": "alice@example.org", "client": "203.0.113.9" }',
    `http://${site.host}:${site.port}/roaming/login`,
  ]);
  assert.equal(stdout, '{"granted":true}');
});

test("why the address may not relay", async (t) => {
  const answer = { granted: false, why: "the address is this host's own" } as const;
  const site = await begin(t, { answer });
  assert.deepEqual(await site.post("/roaming/login", login), [200, answer]);
});

test("told again, nothing more happens, and the answer is the same", async (t) => {
  const site = await begin(t);
  for (let times = 0; times < 3; times++) {
    assert.deepEqual(await site.post("/roaming/login", login), [200, { granted: true }]);
  }
  for (let times = 0; times < 3; times++) {
    assert.deepEqual(await site.post("/roaming/logout", { session: "s1" }), [200, { known: true }]);
  }
  assert.deepEqual(await site.post("/roaming/login", login), [200, { granted: true }]);
  assert.equal(site.notes.length, 2);
});

test("the end of a session that never began", async (t) => {
  const site = await begin(t);
  assert.deepEqual(await site.post("/roaming/logout", { session: "s1" }), [200, { known: false }]);
});

test("a list has an answer for each, in its order", async (t) => {
  const site = await begin(t);
  const list = [login, { ...login, client: "nowhere" }, 7, { ...login, account: "bob" }];
  assert.deepEqual(await site.post("/roaming/login", list), [
    200,
    {
      results: [
        { granted: true },
        { error: "client: write an IP address, such as 203.0.113.9" },
        { error: "write an object in braces, or a list of them" },
        {
          granted: false,
          why: "the account has no domain; set relay.roaming.events.default-domain",
        },
      ],
    },
  ]);
  assert.deepEqual(await site.post("/roaming/login", []), [200, { results: [] }]);
});

test("ten thousand at once, and no more", async (t) => {
  const site = await begin(t);
  const many = Array.from({ length: 10_000 }, (_, index) => ({
    account: `user${index}@example.org`,
    client: `203.0.${index >> 8}.${index & 255}`,
    session: `session-${index}`,
  }));
  const [status, answer] = await site.post("/roaming/login", many);
  assert.equal(status, 200);
  assert.deepEqual(answer, { results: many.map(() => ({ granted: true })) });
  assert.equal(site.notes.length, 10_000);
  const [refused] = await site.post("/roaming/login", [...many, login]);
  assert.equal(refused, 413);
  assert.equal(site.notes.length, 10_000);
});

test("many at once", async (t) => {
  const site = await begin(t);
  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const session = `s${index % 50}`;
      const [status] = await site.post("/roaming/login", { ...login, session });
      assert.equal(status, 200);
    }),
  );
  assert.equal(site.notes.length, 50);
});

/** A request's octets. */
function post(path: string, value: object, more = ""): string {
  const body = JSON.stringify(value);
  return (
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${secret}\r\n${more}` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

test("pipelined: a login and its end in their order", async (t) => {
  const site = await begin(t);
  const octets = Array.from({ length: 100 }, (_, index) => {
    const session = `s${index}`;
    const last = index === 99 ? "Connection: close\r\n" : "";
    return (
      post("/roaming/login", { ...login, session }) + post("/roaming/logout", { session }, last)
    );
  }).join("");
  const text = await talk(site, octets);
  const answers = text.match(/\{.*?\}/g) ?? [];
  assert.equal(answers.length, 200);
  answers.forEach((answer, index) =>
    assert.equal(answer, index % 2 === 0 ? '{"granted":true}' : '{"known":true}'),
  );
});

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

suite("without the secret nothing is told, and nothing is read", () => {
  const wrong: readonly (string | undefined)[] = [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    `Bearer ${secret}x`,
    `Bearer ${secret.slice(1)}`,
    `Bearer ${secret.toUpperCase()}`,
    `bearer${secret}`,
    `Token ${secret}`,
    secret,
    `Bearer ${secret}, Bearer ${secret}`,
    basic("x:wrong"),
    basic(`${secret}:`),
    "Basic !!!",
  ];
  for (const authorization of wrong) {
    test(`${authorization}`, async (t) => {
      const site = await begin(t);
      const headers = { "content-type": "application/json" };
      const {
        status,
        headers: sent,
        answer,
      } = await ask(site, "/roaming/login", {
        method: "POST",
        headers: authorization === undefined ? headers : { ...headers, authorization },
        body: JSON.stringify(login),
      });
      assert.equal(status, 401);
      assert.equal(sent.get("www-authenticate"), 'Bearer realm="roaming"');
      assert.deepEqual(answer, {
        error: "the secret is missing or wrong; send Authorization: Bearer SECRET",
      });
      assert.deepEqual(site.notes, []);
      assert.equal(site.warnings.length, 1);
    });
  }

  for (const right of [
    `Bearer ${secret}`,
    `BEARER  ${secret}`,
    basic(`dovecot:${secret}`),
    basic(`:${secret}`),
  ]) {
    test(`${right.slice(0, 12)} is right`, async (t) => {
      const site = await begin(t);
      const [status] = await site.post("/roaming/login", login, { authorization: right });
      assert.equal(status, 200);
    });
  }

  test("a thousand wrong ones are one line of the log", async (t) => {
    const site = await begin(t);
    for (let times = 0; times < 1_000; times++) {
      const { status } = await ask(site, "/roaming/dovecot/events", { method: "POST", body: "x" });
      assert.equal(status, 401);
    }
    assert.equal(site.warnings.length, 1);
  });

  test("the body is not waited for", async (t) => {
    const site = await begin(t);
    const socket = connect(site.port, site.host);
    let text = "";
    socket.setEncoding("latin1").on("data", (piece: string) => (text += piece));
    socket.write("POST /roaming/login HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
    await waitUntil("there is an answer", () => text.startsWith("HTTP/1.1 401 "));
    socket.destroy();
  });
});

test("where no server may tell, the paths are not there", async (t) => {
  const site = await begin(t, { isClosed: true });
  for (const path of ["login", "logout", "dovecot/events", "dovecot/policy"]) {
    const [status] = await site.post(`/roaming/${path}`, login);
    assert.equal(status, 404, path);
  }
});

suite("what is no good request", () => {
  const json = { "content-type": "application/json" };
  const cases: readonly (readonly [name: string, body: string, headers: object, status: number])[] =
    [
      ["no JSON", "{", json, 400],
      ["nothing", "", json, 400],
      ["a text", '"x"', json, 400],
      ["a number", "1e999", json, 400],
      ["wrong types", '{"account":{},"client":[]}', json, 400],
      ["an unknown key", JSON.stringify({ ...login, __proto__x: 1 }), json, 400],
      ["a prototype", '{"__proto__":{"account":"a@b.example"},"client":"203.0.113.9"}', json, 400],
      [
        "a form",
        "account=a@b.example",
        { "content-type": "application/x-www-form-urlencoded" },
        415,
      ],
      ["plain text", JSON.stringify(login), { "content-type": "text/plain" }, 415],
      [
        "another character set",
        JSON.stringify(login),
        { "content-type": "application/json; charset=utf-16" },
        415,
      ],
      ["something packed", JSON.stringify(login), { ...json, "content-encoding": "gzip" }, 415],
      ["too much", `[${"0,".repeat(2_000_000)}0]`, json, 413],
      ["deep", "[".repeat(1_000_000) + "]".repeat(1_000_000), json, 200],
      [
        "JSON with a character set",
        JSON.stringify(login),
        { "content-type": 'application/json; charset="UTF-8"' },
        200,
      ],
    ];
  for (const [name, body, headers, status] of cases) {
    test(name, async (t) => {
      const site = await begin(t);
      const [got, answer] = await site.post("/roaming/login", body, headers);
      assert.equal(got, status, JSON.stringify(answer).slice(0, 200));
      assert.deepEqual(site.errors, []);
      if (status !== 200) assert.deepEqual(site.notes, []);
    });
  }

  test("not UTF-8", async (t) => {
    const site = await begin(t);
    const { status } = await ask(site, "/roaming/login", {
      method: "POST",
      headers: { ...json, authorization: `Bearer ${secret}` },
      body: Buffer.from('{"account":"\xff@b.example","client":"203.0.113.9"}', "latin1"),
    });
    assert.equal(status, 400);
  });

  test("another method, and a path that is not there", async (t) => {
    const site = await begin(t);
    for (const [method, path, status, allow] of [
      ["GET", "/roaming/login", 405, "POST"],
      ["DELETE", "/roaming/login", 405, "POST"],
      ["OPTIONS", "/roaming/login", 405, "POST"],
      ["POST", "/health", 405, "GET, HEAD"],
      ["GET", "/", 404, null],
      ["GET", "/roaming/login/", 404, null],
      ["GET", "/health/../roaming", 404, null],
      ["POST", "/roaming/%6cogin/x", 404, null],
    ] as const) {
      const { status: got, headers } = await ask(site, path, { method });
      assert.deepEqual([got, headers.get("allow")], [status, allow], `${method} ${path}`);
    }
  });
});

suite("browsers that others send here", () => {
  const cases: readonly (readonly [headers: string, status: number])[] = [
    ["Host: 127.0.0.1:8025\r\n", 200],
    ["Host: [::1]:8025\r\n", 200],
    ["Host: localhost\r\n", 200],
    ["Host: bailiwick:8025\r\n", 200],
    ["Host: Mail.Example.Org:8025\r\n", 200],
    ["Host: evil.example\r\n", 421],
    ["Host: mail.example.org.evil.example\r\n", 421],
    ["Host: 127.0.0.1.evil.example\r\n", 421],
    ["Host: \r\n", 421],
    ["Host: a b\r\n", 421],
    ["Host: x@localhost\r\n", 421],
    ["Host: localhost\r\nOrigin: http://localhost\r\n", 200],
    ["Host: localhost\r\nOrigin: http://localhost:3000\r\n", 403],
    ["Host: localhost\r\nOrigin: http://evil.example\r\n", 403],
    ["Host: localhost\r\nOrigin: null\r\n", 403],
    ["Host: localhost\r\nSec-Fetch-Site: cross-site\r\n", 403],
    ["Host: localhost\r\nSec-Fetch-Site: same-origin\r\n", 200],
  ];
  for (const [headers, status] of cases) {
    test(JSON.stringify(headers), async (t) => {
      const text = await talk(
        await begin(t),
        `GET /health HTTP/1.1\r\nConnection: close\r\n${headers}\r\n`,
      );
      assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.doesNotMatch(text, /access-control/i);
    });
  }
});

suite("/health and /ready", () => {
  test("say so", async (t) => {
    const site = await begin(t);
    assert.deepEqual((await ask(site, "/health")).answer, { status: "alive" });
    assert.deepEqual((await ask(site, "/ready")).answer, { status: "ready" });
  });

  test("a server whose store fails is alive and not ready", async (t) => {
    const site = await begin(t, { askStore: () => Promise.reject(new Error("the disk is gone")) });
    assert.equal((await ask(site, "/health")).status, 200);
    const { status, answer } = await ask(site, "/ready");
    assert.equal(status, 503);
    assert.deepEqual(answer, { error: "the store does not answer; the server's log says why" });
  });

  test("nor one whose store hangs", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const asking = Promise.withResolvers<void>();
    const site = await begin(t, {
      askStore() {
        asking.resolve();
        return new Promise(() => {});
      },
    });
    const asked = talk(site, "GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await asking.promise;
    t.mock.timers.tick(2_000);
    assert.match(await asked, /^HTTP\/1\.1 503 /);
  });
});
