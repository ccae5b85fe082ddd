// Every event that the program can log stands in the manual, and no other.

import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

const root = new URL("../../", import.meta.url).pathname;
const literal = /\bevent: "([a-z0-9-]+)"/g;
/** Helpers of POP3 sessions, which take the event as their first argument. */
const named = /#(?:note|complain)\(\s*"([a-z]+(?:-[a-z]+)+)"/g;

async function logged(): Promise<ReadonlySet<string>> {
  const events = new Set<string>();
  for await (const file of glob("src/{io,server,app}/**/*.ts", { cwd: root })) {
    if (file.endsWith(".test.ts")) continue;
    const text = await readFile(join(root, file), "utf8");
    for (const [, event = ""] of [...text.matchAll(literal), ...text.matchAll(named)]) {
      events.add(event);
    }
  }
  return events;
}

async function documented(): Promise<ReadonlySet<string>> {
  const page = await readFile(join(root, "docs/logs.md"), "utf8");
  const firstCells = page
    .split("\n")
    .filter((line) => /^\| `[a-z]/.test(line))
    .map((line) => line.split("|")[1] ?? "");
  const names = firstCells.flatMap((cell) => [...cell.matchAll(/`([a-z0-9-]+)`/g)]);
  const others = ["event", "format", "json", "text", "syslog"];
  return new Set(names.map(([, name = ""]) => name).filter((name) => !others.includes(name)));
}

test("docs/logs.md has every event of the program, and no other", async () => {
  const events = await logged();
  assert.ok(events.size > 90, "events are found in the sources");
  assert.deepEqual([...(await documented())].toSorted(), [...events].toSorted());
});
