// Makes `dist`: the compiled program with the files that it serves, and its manual pages.

import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { manualPages } from "./man/pages.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const floors = ["core", "io", "server", "app"];

// What was compiled from files that are gone must not go into a package.
for (const floor of floors) {
  rmSync(join(root, "dist", floor), { recursive: true, force: true });
  rmSync(join(root, `dist/${floor}.tsbuildinfo`), { force: true });
}
const compiler = join(root, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [compiler, "-b", "src/app"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(1);

for (const folder of globSync("**/static", { cwd: join(root, "src") })) {
  cpSync(join(root, "src", folder), join(root, "dist", folder), { recursive: true });
}

const man = join(root, "dist/man");
rmSync(man, { recursive: true, force: true });
mkdirSync(man, { recursive: true });
for (const { file, content } of await manualPages()) writeFileSync(join(man, file), content);
