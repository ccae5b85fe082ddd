import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "commander";
import { fileURLToPath } from "node:url";
import { createProgram } from "../../../src/app/program.ts";
import { runCommand } from "../../support/command.ts";

/** A command and all below it, with the words that call each. */
function* family(command: Command, before = ""): Generator<readonly [string, Command]> {
  const words = `${before} ${command.name()}`.trimStart();
  yield [words, command];
  for (const child of command.commands) yield* family(child, words);
}

test("the help of every command shows it in use", async () => {
  const all = [...family(await createProgram([]))];
  assert.ok(all.length > 15);
  for (const [words, command] of all) {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    assert.ok(help.startsWith(`Usage: ${words} `), help);
    const examples = help.split("\nExamples:\n")[1] ?? "";
    assert.ok(examples.includes(`  ${words}`), help);
    for (const line of help.split("\n")) assert.ok(line.length <= 100, line);
  }
});

test("a reader that has seen enough is no error", async () => {
  const program = fileURLToPath(new URL("../../../bin/bailiwick", import.meta.url));
  const { code, stderr } = await runCommand("sh", ["-c", `"${program}" --help | true`]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
});
