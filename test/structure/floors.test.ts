// The compiler is the layer rule: what stands on a lower floor cannot import from a higher one, and
// core cannot import from Node. Planted violations must fail `tsc`, each for its own reason.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";

const root = resolve(import.meta.dirname, "../..");
const copy = mkdtempSync(join(tmpdir(), "bailiwick-floors-"));
after(() => rmSync(copy, { recursive: true, force: true }));
cpSync(join(root, "src"), join(copy, "src"), { recursive: true });
cpSync(join(root, "tsconfig.base.json"), join(copy, "tsconfig.base.json"));
cpSync(join(root, "package.json"), join(copy, "package.json"));
symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));

function compile(floor: string): { readonly status: number | null; readonly output: string } {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-b", `src/${floor}`], {
    cwd: copy,
    encoding: "utf8",
  });
  return { status, output: stdout };
}

function plant(file: string, text: string): { remove(): void } {
  const path = join(copy, "src", file);
  writeFileSync(path, text);
  return { remove: () => rmSync(path) };
}

test("the floors as they are compile", () => {
  assert.deepEqual(compile("app"), { status: 0, output: "" });
});

const violations = [
  {
    what: "core imports from io",
    file: "core/planted.ts",
    text: 'import { connect } from "../io/net/connect.ts";\nexport const planted = connect;\n',
    floor: "core",
    error: /planted\.ts.*TS6307|connect\.ts.*not listed within the file list/,
  },
  {
    what: "core imports from Node",
    file: "core/planted.ts",
    text: 'import { connect } from "node:net";\nexport const planted = connect;\n',
    floor: "core",
    error: /planted\.ts.*error TS\d+: Cannot find (module|name) 'node:net'/,
  },
  {
    what: "core uses a global of Node",
    file: "core/planted.ts",
    text: "export const planted = process.pid;\n",
    floor: "core",
    error: /planted\.ts.*Cannot find name 'process'/,
  },
  {
    what: "io imports from server",
    file: "io/planted.ts",
    text: 'import { createMemoryBudget } from "../server/memory.ts";\nexport const planted = createMemoryBudget;\n',
    floor: "io",
    error: /not listed within the file list/,
  },
] as const;

for (const { what, file, text, floor, error } of violations) {
  test(`refused: ${what}`, () => {
    const planted = plant(file, text);
    try {
      const { status, output } = compile(floor);
      assert.notEqual(status, 0);
      assert.match(output, error);
    } finally {
      planted.remove();
    }
  });
}
