// The manual pages, as man(1) reads them.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { manualPages } from "../../scripts/man/pages.ts";
import { runCommand, whyMissing } from "../support/command.ts";
import { temporaryFolder } from "../support/server.ts";

async function warningsOf(file: string): Promise<string> {
  const words = ["LC_ALL=C.UTF-8", "MANWIDTH=80", "man", "--warnings", "-E", "UTF-8", "-l", file];
  const { stdout, stderr } = await runCommand("env", words);
  assert.ok(stderr !== "" || /^N.*A.*M.*E/m.test(stdout), stdout);
  return stderr;
}

test("man has nothing to say against any page", { skip: await whyMissing("man") }, async (t) => {
  const folder = await temporaryFolder(t);
  const pages = await manualPages();
  const files = pages.map(({ file }) => file);
  assert.ok(files.length > 20);
  for (const expected of ["bailiwick.1", "bailiwick-queue.1", "bailiwick.yaml.5", "bailiwick.8"]) {
    assert.ok(files.includes(expected), expected);
  }
  for (const { file, content } of pages) {
    // oxlint-disable-next-line no-await-in-loop -- man is no light program
    await writeFile(join(folder, file), content);
    // oxlint-disable-next-line no-await-in-loop
    assert.equal(await warningsOf(join(folder, file)), "", file);
  }
  const broken = join(folder, "broken.1");
  await writeFile(broken, `${pages[0]?.content}.nosuchmacro\n`);
  assert.match(await warningsOf(broken), /nosuchmacro/);
});
