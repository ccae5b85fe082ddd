// A list in order of age, in which any item can be taken out at once: what is oldest is known without
// a search.

export interface Aged<Item> {
  older: Item | undefined;
  newer: Item | undefined;
}

/** The items carry their neighbours themselves, so each is in one list at a time. */
export class AgeList<Item extends Aged<Item>> {
  #oldest: Item | undefined;
  #newest: Item | undefined;

  get oldest(): Item | undefined {
    return this.#oldest;
  }

  /** As the newest. */
  add(item: Item): void {
    item.older = this.#newest;
    item.newer = undefined;
    if (this.#newest === undefined) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
  }

  remove(item: Item): void {
    if (item.older === undefined) this.#oldest = item.newer;
    else item.older.newer = item.newer;
    if (item.newer === undefined) this.#newest = item.older;
    else item.newer.older = item.older;
  }
}
