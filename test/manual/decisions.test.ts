// The table in docs/how-it-decides.md has the rows that decide, by the numbers and in the words in which
// they are explained, and each reason with the reply that follows from it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptances, refusals } from "../../src/core/policy/decide.ts";
import { grantLapsed } from "../../src/core/policy/rows.ts";
import { readPage, rowsOf, section } from "./support/pages.ts";
import { replyHeads } from "./support/replies.ts";

const table = rowsOf(section(readPage("docs/how-it-decides.md"), "## The rows"));

test("the rows are those that decide", () => {
  const shown = table.filter(([number]) => number !== "").map(([number, when]) => [number, when]);
  const rows = [...refusals, ...acceptances, grantLapsed].map(({ number, when }) => [
    String(number),
    when,
  ]);
  const special = [
    ["14", "a fact that could have accepted above is unknown"],
    ["16", "otherwise"],
  ];
  const all = [...rows, ...special].toSorted(([one], [other]) => Number(one) - Number(other));
  assert.deepEqual(shown, all);
});

test("each reason stands there once, with its reply", () => {
  const shown = table.map(([, , , reason = "", reply = ""]) => [reason.replaceAll("`", ""), reply]);
  assert.deepEqual(new Map(shown.map(([reason, reply]) => [reason, reply])), replyHeads);
  assert.equal(shown.length, replyHeads.size);
});
