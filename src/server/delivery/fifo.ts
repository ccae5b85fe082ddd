// First in, first out, without moving the rest at each step as `Array.shift` does: a destination
// may have a hundred thousand jobs waiting.

export interface Fifo<Item> {
  readonly length: number;
  push(item: Item): void;
  /** Puts an item back at the front. */
  unshift(item: Item): void;
  shift(): Item | undefined;
}

export function createFifo<Item>(): Fifo<Item> {
  let front: Item[] = []; // reversed: its last item comes next
  let back: Item[] = [];
  return {
    get length() {
      return front.length + back.length;
    },
    push(item) {
      back.push(item);
    },
    unshift(item) {
      front.push(item);
    },
    shift() {
      if (front.length === 0) {
        front = back.toReversed();
        back = [];
      }
      return front.pop();
    },
  };
}
