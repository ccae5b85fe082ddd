import assert from "node:assert/strict";
import test from "node:test";
import { parseConfiguration } from "../../core/config/parse.ts";
import { needsRestart } from "./reload.ts";

function settingsOf(lines: string) {
  const text = `hostname: mx.test\n${lines}\n`;
  const read = parseConfiguration(text, { file: "b.yaml", folder: "/etc" });
  return read.ok ? read.value : assert.fail(JSON.stringify(read.problem));
}

test("another store, or another place of its password, is for the next start", () => {
  const before = settingsOf('store: "mysql://u@db.test/d"');
  const more = '\nstore-password-file: "s"';
  assert.deepEqual(needsRestart(before, settingsOf('store: "mysql://u@db.test:3306/d"')), []);
  for (const next of ["store: sqlite", `store: "mysql://u@db.test/d"${more}`]) {
    assert.deepEqual(needsRestart(before, settingsOf(next)), [
      "store has changed, which needs a restart",
    ]);
  }
});
