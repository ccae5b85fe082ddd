// What the help of every command says, as values: the manual pages and docs/commands.md are written
// from it.

import type { Argument, Command, Option } from "commander";
import { createProgram } from "../../src/app/program.ts";

export interface Term {
  /** As it is typed: `--json`, `<id>`. */
  readonly term: string;
  readonly meaning: string;
}

export interface CommandHelp {
  /** The words that call it: `bailiwick queue list`. */
  readonly words: string;
  /** What follows the words: `[options] <id>`. */
  readonly usage: string;
  readonly description: string;
  readonly arguments: readonly Term[];
  readonly options: readonly Term[];
  /** What the help says behind all that, without the examples. */
  readonly notes: string;
  /** Lines, as they stand in the help. */
  readonly examples: readonly string[];
  readonly commands: readonly CommandHelp[];
}

/** The whole program. */
export async function programHelp(): Promise<CommandHelp> {
  return helpOf(await createProgram([]), "");
}

function helpOf(command: Command, before: string): CommandHelp {
  const words = `${before} ${command.name()}`.trimStart();
  const help = command.createHelp();
  const [notes = "", examples = ""] = behind(command).split("Examples:\n");
  return {
    words,
    usage: command.usage(),
    description: command.description(),
    arguments: help.visibleArguments(command).map((argument: Argument) => ({
      term: argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
      meaning: help.argumentDescription(argument),
    })),
    options: help
      .visibleOptions(command)
      // Every command has it, and the pages say so once.
      .filter(({ long }: Option) => long !== "--help")
      .map((option: Option) => ({
        term: help.optionTerm(option),
        meaning: help.optionDescription(option),
      })),
    notes: notes.trim(),
    examples: examples.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()])),
    commands: command.commands.map((child) => helpOf(child, words)),
  };
}

/** The text that `addHelpText("after")` was given. */
function behind(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (piece) => void (text += piece) });
  command.outputHelp();
  return text.slice(command.helpInformation().length);
}
