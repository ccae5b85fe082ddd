import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import type { AdminEnvironment } from "../http/route.ts";
import { readStaticFiles } from "./static-files.ts";

test("files are served under names that change with what is in them, to be kept", async () => {
  const files = await readStaticFiles();
  const app = new Hono<AdminEnvironment>();
  for (const { method, path, handle } of files.routes) app.on(method, path, handle);
  const url = files.urlOf("style.css");
  assert.match(url, /^\/static\/[0-9a-f]{12}\/style\.css$/);
  const response = await app.request(url);
  assert.equal(response.headers.get("content-type"), "text/css; charset=utf-8");
  assert.match(response.headers.get("cache-control") ?? "", /immutable/);
  assert.match(await response.text(), /prefers-color-scheme/);

  const others = await readStaticFiles({ "chart.js": new URL("static/live.js", import.meta.url) });
  assert.notEqual(others.urlOf("style.css"), url);
  assert.match(others.urlOf("chart.js"), /\/chart\.js$/);
  assert.throws(() => files.urlOf("chart.js"), /no static file chart\.js/);
});
