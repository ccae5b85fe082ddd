// Explanations as an operator reads them, one file for each reason: the case as it is, and the same
// case after the first change that turns it round. UPDATE_GOLDEN=1 writes the files anew; read them
// before they are committed.

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { explain } from "../../../src/core/policy/explain/explain.ts";
import { renderExplanation } from "../../../src/core/policy/explain/render.ts";
import { wrap } from "../../../src/core/mail/wrap.ts";
import { type PolicyCase, readCases } from "../case-file.ts";
import { reasons } from "../reasons.ts";
import { firstTurn } from "./first-turn.ts";

const folder = new URL("./", import.meta.url);
const cases = [...readCases(folder).values()].flat();
const isUpdate = process.env["UPDATE_GOLDEN"] === "1";

function page({ title, rules, request }: PolicyCase): string {
  const turned = firstTurn(rules, request);
  return [
    `${wrap(title, 96).join("\n")}\n`,
    renderExplanation(explain(rules, request, "0fk3v9d2m4a.1")),
    "----",
    `${wrap(`Turned round: ${turned.advice}`, 96).join("\n")}\n`,
    renderExplanation(explain(turned.rules, turned.request, "0fk3v9d2m4a.2")),
  ].join("\n");
}

for (const each of cases) {
  const explanation = explain(each.rules, each.request, "0fk3v9d2m4a.1");
  const name = `${explanation.decision.reason}.golden`;
  test(name, async () => {
    const text = page(each);
    for (const line of text.split("\n")) assert.ok(line.length <= 100, line);
    if (isUpdate) await writeFile(new URL(name, folder), text);
    assert.equal(await readFile(new URL(name, folder), "utf8"), text);
  });
}

test("every reason has its case and its golden file, and no file is left over", async () => {
  const explained = cases.map(({ rules, request }) => explain(rules, request, "").decision.reason);
  assert.deepEqual(explained.toSorted(), reasons.toSorted());
  const files = (await readdir(folder)).filter((name) => name.endsWith(".golden"));
  assert.deepEqual(files.toSorted(), reasons.map((reason) => `${reason}.golden`).toSorted());
});
