// docs/commands.md: what the help says of every command, on one page.

import type { CommandHelp, Term } from "./commands.ts";

const opening = `<!-- Written by \`npm run docs\` from the commands' help; edit the texts there. -->

# Commands

What \`bailiwick COMMAND --help\` says, for all of them. The packages have it as manual pages too:
\`man bailiwick-queue\`.

Where \`-c\` names no configuration, it is \`./bailiwick.yaml\`, else \`/etc/bailiwick/bailiwick.yaml\`. Exit codes: 0
done, 1 the answer is no, 2 wrong usage or configuration, 75 try again later; \`bailiwick sendmail\` has
those of \`sysexits.h\`.`;

/** In Markdown, before the formatter. */
export function commandsPage(program: CommandHelp): string {
  return [opening, ...program.commands.flatMap((command) => chapter(command, 2))].join("\n\n");
}

function chapter(command: CommandHelp, depth: number): readonly string[] {
  const { words, usage, description, notes, examples, commands } = command;
  const callable = commands.length === 0;
  return [
    `${"#".repeat(depth)} ${words}`,
    ...(callable ? [block([`${words} ${usage}`], "text")] : []),
    markdown(sentence(description)),
    ...(notes === "" ? [] : [block(notes.split("\n"), "text")]),
    list([...command.arguments, ...command.options]),
    ...(callable && examples.length > 0 ? [block(examples, "text")] : []),
    ...commands.flatMap((child) => chapter(child, depth + 1)),
  ].filter((part) => part !== "");
}

function list(terms: readonly Term[]): string {
  return terms
    .map(({ term, meaning }) => `- \`${term}\`${meaning === "" ? "" : `: ${markdown(meaning)}`}`)
    .join("\n");
}

function block(lines: readonly string[], language: string): string {
  return ["```" + language, ...lines, "```"].join("\n");
}

function sentence(description: string): string {
  const text = description.charAt(0).toUpperCase() + description.slice(1);
  return /[.?!)]$/.test(text) ? text : `${text}.`;
}

/** What Markdown would take for its own: outside of backquotes, angle brackets and stars. */
function markdown(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll(/[<>*_]/g, "\\$&")))
    .join("");
}
