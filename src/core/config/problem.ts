// What is wrong with a configuration, said so that the operator can mend it without the manual.

import { printable } from "../smtp/reply.ts";

export interface ConfigurationProblem {
  readonly file: string;
  /** Counted from 1; absent where the file could not be read at all. */
  readonly position?: { readonly line: number; readonly column: number };
  /** The key's path, `relay.networks[0]`; empty for the file as a whole. */
  readonly key: string;
  /** What was found, what was expected there, and what to do. */
  readonly text: string;
}

/** Keys and list positions, from the file's root inwards. */
export type KeyPath = readonly (string | number)[];

/** On one line, `file:line:column: key: text`, as compilers do it: editors jump to the place. */
export function formatProblem({ file, position, key, text }: ConfigurationProblem): string {
  const place = position === undefined ? file : `${file}:${position.line}:${position.column}`;
  return printable([place, ...(key === "" ? [] : [key]), text].join(": "));
}

/** `["domains", "example.org", "relay-to"]` as people write it: `domains["example.org"].relay-to`. */
export function formatKey(path: KeyPath): string {
  return path.map(formatPart).join("").replace(/^\./, "");
}

function formatPart(part: string | number): string {
  if (typeof part === "number") return `[${part}]`;
  return /^[a-z0-9_-]+$/i.test(part) ? `.${part}` : `[${quote(part)}]`;
}

/** The sentence for a value that is not of its key's kind. `expected` says what to write instead. */
export function unfit(value: unknown, expected: string): string {
  if (value === undefined) return `missing; write ${expected}`;
  if (value === null) return `nothing is given here; write ${expected}, or take it out`;
  return `${describeValue(value)} does not fit here; write ${expected}`;
}

const longestShown = 60;

/** A value as the file's reader would recognise it, cut short and free of control characters. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "a list" : "a mapping";
}

function quote(text: string): string {
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return `"${printable(shown)}"`;
}
