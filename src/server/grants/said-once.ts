// What is wrong for a while is said once, and again when it has come back after it was mended.

export class SaidOnce {
  readonly #said = new Map<string, string>();

  /** Whether this is news.
   * @param text what is wrong now: when it changes, that is news */
  isNews(key: string, text: string): boolean {
    if (this.#said.get(key) === text) return false;
    this.#said.set(key, text);
    return true;
  }

  /** It is mended; returns whether anything was wrong. */
  mended(key: string): boolean {
    return this.#said.delete(key);
  }
}
