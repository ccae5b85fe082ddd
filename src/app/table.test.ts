import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ban } from "../core/guessing/ban.ts";
import { parsePrefix } from "../core/mail/ip.ts";
import { banTable, describeBan } from "./ban-view.ts";
import { formatTable } from "./table.ts";

const steering = "\u001b[2J\u009b31m\u007f\u202egnp\r";

test("columns are as wide as their widest cell", () => {
  assert.equal(
    formatTable([["A", "B"], ["long", "x"], [], ["", "y"]]),
    "A     B\nlong  x\n\n      y\n",
  );
});

test("what stands in a cell does not steer the terminal", () => {
  assert.equal(formatTable([[steering, "x"]]), "?[2J?31m??gnp?  x\n");
});

test("names that somebody tried do not either, nor notes", () => {
  const prefix = parsePrefix("203.0.113.0/24") ?? assert.fail();
  const evidence = { guesses: 2, names: [steering], last: 5 };
  const ban: Ban = {
    prefix,
    reason: "names",
    since: 1,
    until: 9,
    times: 1,
    note: steering,
    evidence,
  };
  for (const text of [banTable([ban], 5), describeBan(ban, 5)]) {
    assert.doesNotMatch(text, /[^\n\P{Cc}]|[\u202e]/u);
  }
});
