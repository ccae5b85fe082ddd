// The pages of the manual, as the tests read them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface Page {
  /** From the repository's root: `docs/queue.md`. */
  readonly path: string;
  readonly lines: readonly string[];
}

export interface Block {
  readonly page: string;
  /** Of its first line, from 1. */
  readonly line: number;
  /** What stands behind the backticks. */
  readonly language: string;
  readonly text: string;
  /** The HTML comments directly above it, without their ends. */
  readonly notes: readonly string[];
}

/** Decisions are letters of their time: what they say was true then. */
const pagesOfTheirTime = "docs/decisions/";

/** README.md and all that is under docs. */
export function readPages(): readonly Page[] {
  const names = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  const docs = names.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
  return ["README.md", ...docs.toSorted()].map(readPage);
}

export function readPage(path: string): Page {
  return { path, lines: readFileSync(join(root, path), "utf8").split("\n") };
}

export function isOfItsTime({ path }: Page): boolean {
  return path.startsWith(pagesOfTheirTime);
}

const fence = /^(?<indent> *)(?<ticks>`{3,})(?<language>[a-z]*)$/;

export function blocksOf({ path, lines }: Page): readonly Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const { indent = "", ticks, language = "" } = fence.exec(lines[at] ?? "")?.groups ?? {};
    if (ticks === undefined) continue;
    const end = lines.indexOf(`${indent}${ticks}`, at + 1);
    if (end === -1) throw new Error(`${path}:${at + 1}: the block has no end`);
    const inside = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    const text = inside.map((line) => `${line}\n`).join("");
    blocks.push({ page: path, line: at + 2, language, text, notes: notesAbove(lines, at) });
    at = end;
  }
  return blocks;
}

/** Comments of one line each, with nothing but empty lines between. */
function notesAbove(lines: readonly string[], at: number): readonly string[] {
  const notes: string[] = [];
  for (let above = at - 1; above >= 0; above--) {
    const line = (lines[above] ?? "").trim();
    if (line === "") continue;
    const note = /^<!-- (?<text>.*) -->$/.exec(line)?.groups?.["text"];
    if (note === undefined) break;
    notes.unshift(note);
  }
  return notes;
}

/** The page without its blocks and comments: what is said in words, line by line. */
export function proseOf(page: Page): readonly string[] {
  let ticks: string | undefined;
  return page.lines.map((line) => {
    const found = /^ *(?<ticks>`{3,})/.exec(line)?.groups?.["ticks"];
    if (ticks !== undefined) {
      if (found === ticks) ticks = undefined;
      return "";
    }
    ticks = found;
    return found === undefined ? line.replaceAll(/<!--.*?-->/g, "") : "";
  });
}

/** The lines below a heading, down to the next one that is as high. */
export function section(page: Page, heading: string): readonly string[] {
  const start = page.lines.indexOf(heading);
  if (start === -1) throw new Error(`${page.path} has no heading ${heading}`);
  const depth = heading.indexOf(" ");
  const isHigher = (line: string) => /^#+ /.test(line) && line.indexOf(" ") <= depth;
  const rest = page.lines.slice(start + 1);
  const length = rest.findIndex(isHigher);
  return length === -1 ? rest : rest.slice(0, length);
}

/** The cells of all rows of all tables in these lines; heads and rules are left out. */
export function rowsOf(lines: readonly string[]): readonly (readonly string[])[] {
  return lines.flatMap((line, index) => {
    const isRule = /^\| *-+ *\|/.test(line);
    const isHead = /^\| *-+ *\|/.test(lines[index + 1] ?? "");
    if (!line.startsWith("|") || isRule || isHead) return [];
    return [
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ];
  });
}

/** The first cells of these rows. */
export function firstCells(lines: readonly string[]): readonly string[] {
  return rowsOf(lines).map(([first = ""]) => first);
}
