/** Counts by a word, of which there are few. */
export class Tally<Word extends string = string> {
  readonly #counts = new Map<Word, number>();

  add(word: Word): void {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }

  of(word: Word): number {
    return this.#counts.get(word) ?? 0;
  }

  entries(): Iterable<readonly [Word, number]> {
    return this.#counts.entries();
  }
}
