import assert from "node:assert/strict";
import { test } from "node:test";
import { renderText, replaceTables } from "./render.ts";

const table = { title: "Rates", columns: ["server", "rate"], rows: [["postfix", "600"]] };

test("columns are as wide as their widest cell", () => {
  assert.equal(renderText(table), "Rates\n\n  server   rate\n  postfix  600\n");
});

test("only what is between the markers changes, however often", () => {
  const page = "above\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nbelow\n";
  const once = replaceTables(page, [table]);
  assert.ok(once.startsWith("above\n") && once.endsWith("\nbelow\n"));
  assert.ok(once.includes("| postfix | 600 |") && !once.includes("old"));
  assert.equal(replaceTables(once, [table]), once);
});

test("a page without markers is left alone, loudly", () => {
  assert.throws(() => replaceTables("text", [table]), /bench: begin/);
});
