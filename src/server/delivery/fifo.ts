// First in, first out, without moving the rest at each step as `Array.shift` does: a destination
// may have a hundred thousand jobs waiting.

export class Fifo<Item> {
  #front: Item[] = []; // reversed: its last item comes next
  #back: Item[] = [];

  get length(): number {
    return this.#front.length + this.#back.length;
  }

  push(item: Item): void {
    this.#back.push(item);
  }

  /** Puts an item back at the front. */
  unshift(item: Item): void {
    this.#front.push(item);
  }

  shift(): Item | undefined {
    if (this.#front.length === 0) {
      this.#front = this.#back.toReversed();
      this.#back = [];
    }
    return this.#front.pop();
  }
}
