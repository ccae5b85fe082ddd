// What the pages name, and what there is: commands with their options, keys of the configuration.

import type { Command } from "commander";
import { createProgram } from "../../../src/app/program.ts";
import {
  configurationJsonSchema,
  entryOf,
  type JsonSchema,
  propertiesOf,
} from "../../../src/core/config/schema/json-schema.ts";
import { type Page, proseOf } from "./pages.ts";

export interface Span {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

/** What stands between backticks in the text of a page; a line break in it counts as a blank. */
export function spansOf(page: Page): readonly Span[] {
  const lines = proseOf(page);
  const all = lines.join("\n");
  return [...all.matchAll(/(?<!`)`(?<text>[^`]+)`(?!`)/g)].map(({ groups, index }) => ({
    page: page.path,
    line: all.slice(0, index).split("\n").length,
    text: (groups?.["text"] ?? "").replaceAll(/\s*\n\s*/g, " "),
  }));
}

export const program: Command = await createProgram([]);

/** What is wrong with a call, which is written without the program's own name; undefined where nothing
 * is. */
export function faultOfCall(words: readonly string[]): string | undefined {
  let command = program;
  let isNaming = true;
  for (const word of words) {
    // It has options in a form of its own, as sendmail(8); and COMMAND stands for any.
    if (command.name() === "sendmail" || (isNaming && /^[A-Z]+$/.test(word))) return undefined;
    if (word.startsWith("-")) {
      const [flag = ""] = word.split("=");
      if (flag.length > 1 && !hasOption(command, flag)) {
        return `\`${fullName(command)}\` has no option ${flag}`;
      }
      continue;
    }
    const next = command.commands.find((each) => each.name() === word);
    if (isNaming && next !== undefined) command = next;
    else if (isNaming && command.commands.length > 0) {
      return `\`${fullName(command)}\` has no command ${word}`;
    } else isNaming = false;
  }
  return undefined;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function hasOption(command: Command, flag: string): boolean {
  const always = ["--help", "-h", "--version", "-V"];
  return (
    always.includes(flag) ||
    command.options.some(({ long, short }) => flag === long || flag === short)
  );
}

/** Whether any command has it. */
export function isOption(flag: string, command: Command = program): boolean {
  return hasOption(command, flag) || command.commands.some((each) => isOption(flag, each));
}

const schema = configurationJsonSchema();
export const topKeys: ReadonlyMap<string, JsonSchema> = propertiesOf(schema);

/** Whether `relay.roaming.lifetime`, `listeners.NAME.tls` or `routes[].via` is a key. */
export function isKey(path: string): boolean {
  let holders: readonly JsonSchema[] = [schema];
  for (const part of path.replaceAll("[]", "").split(".")) {
    holders = holders.flatMap((holder) => inside(holder, part));
  }
  return holders.length > 0;
}

/** A list's entries and a map's values are named by what they hold, or by NAME. */
function inside(holder: JsonSchema, part: string): readonly JsonSchema[] {
  const named = propertiesOf(holder).get(part);
  if (named !== undefined) return [named];
  const entry = entryOf(holder);
  if (entry === undefined) return [];
  const ofEntry = propertiesOf(entry).get(part);
  if (ofEntry !== undefined) return [ofEntry];
  return /^[A-Z]+$/.test(part) ? [entry] : [];
}
