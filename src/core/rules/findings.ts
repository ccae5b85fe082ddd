// What there is to say about a file, bounded: a file of a million wrong lines says it a few times.

import type { ConfigurationProblem } from "../config/problem.ts";
import type { Place } from "../config/settings.ts";

/** Findings that are kept; of those behind them only the number. */
const most = 100;

export class Findings {
  readonly #kept: ConfigurationProblem[] = [];
  #dropped = 0;
  #last: Place | undefined;

  add(place: Place, text: string): void {
    this.#last = place;
    if (this.#kept.length < most) this.#kept.push(findingAt(place, text));
    else this.#dropped++;
  }

  get isFull(): boolean {
    return this.#kept.length >= most;
  }

  /** By their place in the file. */
  inOrder(): readonly ConfigurationProblem[] {
    const sorted = this.#kept.toSorted(
      (one, other) => lineOf(one) - lineOf(other) || columnOf(one) - columnOf(other),
    );
    if (this.#dropped === 0 || this.#last === undefined) return sorted;
    const rest = `and ${this.#dropped.toLocaleString("en-US")} more such lines`;
    return [...sorted, { file: this.#last.file, key: "", text: rest }];
  }
}

/** Something to say about a place in a rules file. */
function findingAt({ file, line, column }: Place, text: string): ConfigurationProblem {
  return { file, position: { line, column }, key: "", text };
}

function lineOf({ position }: ConfigurationProblem): number {
  return position?.line ?? 0;
}

function columnOf({ position }: ConfigurationProblem): number {
  return position?.column ?? 0;
}
