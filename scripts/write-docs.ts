// Writes the pages that come from the program. With --check nothing is written, and
// the exit code is 1 if a page is not what it would become.

import { readFile, writeFile } from "node:fs/promises";
import { documentationPages } from "./manual.ts";

const docs = new URL("../docs/", import.meta.url);

async function current(name: string): Promise<string | undefined> {
  return readFile(new URL(name, docs), "utf8").catch(() => undefined);
}

const check = process.argv.includes("--check");
for (const { name, content } of await documentationPages()) {
  if ((await current(name)) === content) continue;
  if (check) {
    console.error(`docs/${name} is not current; run \`npm run docs\``);
    process.exitCode = 1;
  } else {
    await writeFile(new URL(name, docs), content);
    console.log(`docs/${name} written`);
  }
}
