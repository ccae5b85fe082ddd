// Tables for a terminal.

import { printable } from "../core/smtp/reply.ts";

/** Columns as wide as their widest cell, two spaces between, no trailing blanks. The first line may
 * be a header. Nothing in a cell steers the terminal. */
export function formatTable(given: readonly (readonly string[])[]): string {
  const lines = given.map((cells) => cells.map(printable));
  const columns = lines[0] ?? [];
  const widths = columns.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Columns that a terminal has, as far as we know. */
const usualWidth = 100;

/** Breaks text into lines at its spaces, each behind so many blanks, those after the first behind two
 * more. A word that is longer than a line stays whole. */
export function wrap(text: string, indent: number, width = usualWidth): string {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = " ".repeat(indent + 2);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map((each) => `${each}\n`).join("");
}
