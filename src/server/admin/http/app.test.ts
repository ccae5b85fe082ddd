import assert from "node:assert/strict";
import { test } from "node:test";
import { good } from "../../../core/result.ts";
import type { HttpCall } from "../../../io/http/call.ts";
import { createAdminApp } from "./app.ts";
import type { Route } from "./route.ts";

const call: HttpCall = {
  client: { version: 4, octets: [127, 0, 0, 1] },
  isEncrypted: false,
  readBody: async () => good(Buffer.alloc(0)),
};

function appOf(...routes: readonly Route[]) {
  return createAdminApp({
    hosts: () => ["mail.example.org"],
    gate: async (_, access) =>
      access === "open" ? undefined : new Response("no", { status: 401 }),
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
