// Tables for a terminal, and for a Markdown page that keeps them between two markers.
import type { Table } from "./report.ts";

const begin = "<!-- bench: begin -->";
const end = "<!-- bench: end -->";

export function renderText(table: Table): string {
  const lines = [table.columns, ...table.rows];
  const widths = table.columns.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const text = lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [table.title, "", ...text.map((line) => `  ${line}`), ""].join("\n");
}

function renderMarkdown(table: Table): string {
  const rule = table.columns.map(() => "---");
  return [`### ${table.title}`, "", ...[table.columns, rule, ...table.rows].map(row), ""].join(
    "\n",
  );
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** The page with everything between its markers replaced. Throws when it does not have them, in order. */
export function replaceTables(page: string, tables: readonly Table[]): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the page needs the lines ${begin} and ${end}`);
  const text = tables.map(renderMarkdown).join("\n");
  return `${page.slice(0, from)}${begin}\n\n${text}\n${page.slice(to)}`;
}
