import assert from "node:assert/strict";
import { test } from "node:test";
import { html } from "hono/html";
import { frame, type Surroundings } from "./frame.ts";
import { foreign } from "./html.ts";
import type { Page } from "./page.ts";
import { notice, textField } from "./parts.ts";

const files = { urlOf: (name: string) => `/static/0/${name}` };
async function drawn(page: Page, surroundings: Surroundings): Promise<string> {
  return String(await frame(page, surroundings));
}

const script = `"><script>alert(1)</script>`;

test("nothing that is put into a page becomes a part of it", async () => {
  const document = await drawn(
    {
      title: script,
      main: html`${script}${foreign(script)}${notice("ok", script)}${textField({ name: "x", label: script, value: script, hint: script, problem: script })}`,
    },
    {
      hostname: script,
      files,
      path: "/queue",
      visitor: { name: script, csrf: script },
      outcome: { tone: "problem", text: script },
    },
  );
  assert.ok(!document.includes("<script>"), document);
  assert.equal(document.split("&lt;script&gt;").length - 1, 14);
});

test("what came from outside steers nothing", async () => {
  assert.equal(String(await foreign("a\r\nb\u001b[2J\u202ec")), "<bdi>a??b?[2J?c</bdi>");
});

test("the page's section is marked, and nobody who has not logged in is led anywhere", async () => {
  const page = { title: "Queue", main: html`` };
  const inside = { hostname: "mail.example.org", files, path: "/queue/0fk3v9d2m4a" };
  const seen = await drawn(page, { ...inside, visitor: { name: "ann", csrf: "c" } });
  assert.match(seen, /<a href="\/queue" aria-current="page">Queue<\/a>/);
  const before = await drawn(page, inside);
  assert.doesNotMatch(before, /<nav|<script|logout/);
});
