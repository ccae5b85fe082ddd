import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "commander";
import { createProgram } from "../../../src/app/program.ts";

/** A command and all below it, with the words that call each. */
function* family(command: Command, before = ""): Generator<readonly [string, Command]> {
  const words = `${before} ${command.name()}`.trimStart();
  yield [words, command];
  for (const child of command.commands) yield* family(child, words);
}

test("the help of every command shows it in use", () => {
  const all = [...family(createProgram())];
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
