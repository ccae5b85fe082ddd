// What became of everything that was found in an installation, for its operator.

import { printable } from "../smtp/reply.ts";

/** `taken` as it is; `translated` into something that is not quite the same; `left-out` because it
 * has no use here; `operator`: something is lost unless the operator does something about it. */
export type Fate = "taken" | "translated" | "left-out" | "operator";

/** Where something was found. The path is that of the installation itself, wherever its copy lies. */
export interface At {
  readonly path: string;
  /** Counted from 1. */
  readonly line?: number;
}

export interface Finding extends At {
  readonly fate: Fate;
  /** What it is, what became of it, and why. */
  readonly text: string;
}

/** Findings of one kind that are kept for one file; of those behind them only the number. */
const mostAlike = 50;

export class Report {
  readonly #kept: Finding[] = [];
  readonly #counts = new Map<string, { count: number; readonly finding: Finding }>();

  taken(at: At, text: string): void {
    this.add({ ...at, fate: "taken", text });
  }

  translated(at: At, text: string): void {
    this.add({ ...at, fate: "translated", text });
  }

  leftOut(at: At, text: string): void {
    this.add({ ...at, fate: "left-out", text });
  }

  operator(at: At, text: string): void {
    this.add({ ...at, fate: "operator", text });
  }

  add(finding: Finding): void {
    const key = `${finding.fate} ${finding.path}`;
    const alike = this.#counts.get(key) ?? { count: 0, finding };
    this.#counts.set(key, { ...alike, count: alike.count + 1 });
    if (alike.count < mostAlike) {
      this.#kept.push({
        ...finding,
        path: printable(finding.path),
        text: printable(finding.text),
      });
    }
  }

  /** In the order in which they were made. */
  findings(): readonly Finding[] {
    const more = [...this.#counts.values()].flatMap(({ count, finding: { fate, path } }) =>
      count > mostAlike
        ? [{ fate, path: printable(path), text: `and ${count - mostAlike} more of this kind` }]
        : [],
    );
    return [...this.#kept, ...more];
  }
}

/** `/var/qmail/control/rcpthosts:3` */
export function formatAt({ path, line }: At): string {
  return line === undefined ? path : `${path}:${line}`;
}

const longestQuoted = 80;

/** A text of the installation's in a sentence of ours: short, and on one line. */
export function quote(text: string): string {
  const short = text.length > longestQuoted ? `${text.slice(0, longestQuoted)}…` : text;
  return `"${printable(short)}"`;
}

/** `one`, `one and another`, `one, another and 7 more`. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map(printable);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** `1 address`, `3 addresses`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
