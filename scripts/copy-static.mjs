// Puts beside the compiled program what it reads from its own folder, and no compiler makes.

import { cpSync } from "node:fs";

const folder = "server/admin/page/static";
cpSync(
  new URL(`../src/${folder}`, import.meta.url),
  new URL(`../dist/${folder}`, import.meta.url),
  {
    recursive: true,
  },
);
