import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { good } from "../../../core/result.ts";
import type { HttpCall } from "../../../io/http/call.ts";
import { PageSessions } from "../access/page-sessions.ts";
import { Tokens } from "../access/tokens.ts";
import { createAdminApp } from "./app.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Route } from "./route.ts";

const call: HttpCall = {
  client: { version: 4, octets: [127, 0, 0, 1] },
  isEncrypted: false,
  readBody: async () => good(Buffer.alloc(0)),
};

const closedGate: Gate = async (_, access) =>
  access === "open" ? undefined : new Response("no", { status: 401 });

function appOf(...routes: readonly Route[]) {
  return appWith(closedGate, routes);
}

function appWith(gate: Gate, routes: readonly Route[]) {
  return createAdminApp({
    hosts: () => ["mail.example.org"],
    gate,
    recheckEvery: 5,
    health: { askStore: async () => {} },
    roaming: { door: () => undefined, warn() {} },
    routes,
  });
}

test("a route that is not open has its gate before it", async () => {
  let entered = 0;
  const closed = (path: string, access: Route["access"]): Route => ({
    method: "POST",
    path,
    access,
    handle: (context) => context.text(String(++entered)),
  });
  const app = appOf(closed("/page", "page"), closed("/read", { scope: "read" }));
  for (const path of ["/page", "/read"]) {
    const answer = await app(new Request(`http://localhost${path}`, { method: "POST" }), call);
    assert.equal(answer.status, 401);
  }
  assert.equal(entered, 0);
});

test("who asks for the head of what goes on keeps nobody busy", async () => {
  let isOver = false;
  const body = new ReadableStream<Uint8Array>({ cancel: () => void (isOver = true) });
  const app = appOf({
    method: "GET",
    path: "/events",
    access: "open",
    handle: (context) => context.body(body, 200, { "content-type": "text/event-stream" }),
  });
  const answer = await app(new Request("http://localhost/events", { method: "HEAD" }), call);
  assert.equal(answer.status, 200);
  assert.equal(answer.body, null);
  assert.equal(isOver, true);
});

function events(path: string, access: Route["access"]): Route {
  return {
    method: "GET",
    path,
    access,
    handle: (context) =>
      context.body(new ReadableStream(), 200, { "content-type": "text/event-stream" }),
  };
}

const stored = { createdAt: 0, lastSeen: 0 };

test("what goes on ends with the session or the token that it was given for", async () => {
  const known = new Set(["session", "token"]);
  const sessions = new PageSessions(
    {
      open: async () => {},
      find: async (digest) =>
        known.has("session") ? { digest, operator: "ann", client: "::1", ...stored } : undefined,
      seen: async () => assert.fail("a page that is only open is nobody who looks"),
      close: async () => {},
      drop: async () => {},
    },
    () => 1,
  );
  const token = { id: "t", name: "watch", scopes: ["read" as const], createdAt: 0, lastUsed: 1 };
  const tokens = new Tokens(
    {
      add: async () => "added",
      find: async () => (known.has("token") ? token : undefined),
      used: async () => {},
      list: async () => [],
      remove: async () => true,
    },
    () => 1,
  );
  const app = appWith(createGate({ sessions, tokens, warn() {} }), [
    events("/events", "page"),
    events("/live", { scope: "read" }),
  ]);
  const secret = "x".repeat(43);
  const open = async (path: string, headers: Record<string, string>) => {
    const answer = await app(new Request(`http://localhost${path}`, { headers }), call);
    assert.equal(answer.status, 200);
    return answer.body?.getReader().read();
  };
  const page = open("/events", { cookie: `__Host-bailiwick=${secret}` });
  const program = open("/live", { authorization: `Bearer bw_${secret}` });
  const over: string[] = [];
  void page.then(() => over.push("page"));
  void program.then(() => over.push("program"));
  await delay(40);
  assert.deepEqual(over, []);
  known.delete("token");
  assert.equal((await program)?.done, true);
  assert.deepEqual(over, ["program"]);
  known.delete("session");
  assert.equal((await page)?.done, true);
});
