// The pages of section 1: one for the program, and one for each of its commands.

import type { CommandHelp, Term } from "../help/commands.ts";
import { example, head, heading, item, paragraph, references, subheading } from "./roff.ts";

export interface ManualPage {
  /** Its file's name: `bailiwick-queue.1`. */
  readonly file: string;
  readonly content: string;
}

export function commandPages(program: CommandHelp, version: string): readonly ManualPage[] {
  return [
    programPage(program, version),
    ...program.commands.map((command) => commandPage(command, version)),
  ];
}

const always: readonly Term[] = [{ term: "-h, --help", meaning: "show how it is used" }];

function programPage(program: CommandHelp, version: string): ManualPage {
  const rows = program.commands.map((command) =>
    item(pageName(command), firstOf(command.description)),
  );
  return page("bailiwick", [
    head(
      { name: "bailiwick", section: 1, summary: "a mail relay that serves its own bailiwick" },
      version,
    ),
    synopsis([program.words, "<command> [options]"]),
    heading("Description"),
    paragraph(
      "A mail server that decides with one function who may relay, and proves at each start that no " +
        "stranger may. Each command has a page of its own; `bailiwick start` is described in bailiwick(8), " +
        "the configuration in bailiwick.yaml(5).",
    ),
    heading("Commands"),
    ...rows,
    heading("Options"),
    ...terms([...program.options, ...always]),
    heading("Exit status"),
    item("0", "done"),
    item("1", "the answer is no"),
    item("2", "wrong usage or configuration"),
    item("75", "not now: try again later"),
    paragraph("`bailiwick sendmail` has those of sysexits.h, as its callers expect."),
    heading("Files"),
    item("./bailiwick.yaml", "the configuration, where -c names no other"),
    item("/etc/bailiwick/bailiwick.yaml", "the configuration, where that is not there"),
    ...examplesOf(program),
    references(["bailiwick(8)", "bailiwick.yaml(5)"]),
  ]);
}

function commandPage(command: CommandHelp, version: string): ManualPage {
  const name = pageName(command);
  return page(name, [
    head({ name, section: 1, summary: firstOf(command.description) }, version),
    heading("Synopsis"),
    ...family(command).map((each) => paragraph(`\`${each.words}\` ${each.usage}`)),
    heading("Description"),
    ...detailsOf(command),
    ...command.commands.flatMap((child) => [
      subheading(`${child.words} ${child.usage}`),
      ...detailsOf(child),
      ...child.commands.flatMap((grandchild) => [
        subheading(`${grandchild.words} ${grandchild.usage}`),
        ...detailsOf(grandchild),
      ]),
    ]),
    ...examplesOf(...family(command)),
    references(["bailiwick(1)", "bailiwick(8)", "bailiwick.yaml(5)"]),
  ]);
}

function page(name: string, parts: readonly string[]): ManualPage {
  return { file: `${name}.1`, content: `${parts.join("\n")}\n` };
}

function pageName({ words }: CommandHelp): string {
  return words.replaceAll(" ", "-");
}

/** Those that can be called: the command where it has none below it, else all of these. */
function family(command: CommandHelp): readonly CommandHelp[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(family);
}

function synopsis([words = "", usage = ""]: readonly string[]): string {
  return [heading("Synopsis"), paragraph(`\`${words}\` ${usage}`)].join("\n");
}

function detailsOf({ description, notes, arguments: named, options }: CommandHelp) {
  return [
    paragraph(sentence(description)),
    ...(notes === "" ? [] : [example(notes.split("\n"))]),
    ...terms([...named, ...options]),
  ];
}

function terms(all: readonly Term[]): readonly string[] {
  return all.map(({ term, meaning }) => item(term, meaning));
}

function examplesOf(...commands: readonly CommandHelp[]): readonly string[] {
  const lines = [...new Set(commands.flatMap((each) => each.examples))];
  return lines.length === 0 ? [] : [heading("Examples"), example(lines)];
}

function firstOf(description: string): string {
  return description.split("\n")[0] ?? "";
}

function sentence(description: string): string {
  const text = description.charAt(0).toUpperCase() + description.slice(1);
  return /[.?!)]$/.test(text) ? text : `${text}.`;
}
