// Remembers what came of an act until the page that follows it has said it: under a key in that page's
// address, so that loading it anew acts on nothing, and nobody can make a page say what is not so.

import type { Outcome } from "./page.ts";

/** Outcomes that are remembered at most. */
const most = 200;

export class Outcomes {
  readonly #newKey: () => string;
  readonly #kept = new Map<string, Outcome & { readonly visitor: string }>();

  /** @param newKey makes one that nobody guesses */
  constructor(newKey: () => string) {
    this.#newKey = newKey;
  }

  keep(visitor: string, outcome: Outcome): string {
    const key = this.#newKey();
    this.#kept.set(key, { ...outcome, visitor });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > most && oldest !== undefined) this.#kept.delete(oldest);
    return key;
  }

  /** To whom it was to be said, alone. */
  find(visitor: string, key: string): Outcome | undefined {
    const found = this.#kept.get(key);
    return found?.visitor === visitor ? found : undefined;
  }
}
