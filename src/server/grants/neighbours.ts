// Other hosts that share the store, as far as they can be seen: each says now and then that it is
// there. What matters is that the word changes; nobody's clock is compared with ours.

export interface NeighbourOptions {
  /** A host has said nothing since `at`. */
  readonly onGone: (node: string, at: number) => void;
}

interface Neighbour {
  readonly word: number | undefined;
  readonly seenAt: number;
  readonly isGone: boolean;
}

/** Milliseconds of silence after which a host is taken to be gone. */
const patience = 180_000;

export class Neighbours {
  readonly #options: NeighbourOptions;
  readonly #nodes = new Map<string, Neighbour>();

  constructor(options: NeighbourOptions) {
    this.#options = options;
  }

  /** It has done something. */
  note(node: string, now: number): void {
    this.#nodes.set(node, { word: this.#nodes.get(node)?.word, seenAt: now, isGone: false });
  }

  /** What each of them has said last. */
  hear(words: ReadonlyMap<string, number>, now: number): void {
    for (const [node, word] of words) {
      if (this.#nodes.get(node)?.word === word) continue;
      this.#nodes.set(node, { word, seenAt: now, isGone: false });
    }
    for (const [node, { word, seenAt, isGone }] of this.#nodes) {
      if (isGone || now - seenAt < patience) continue;
      this.#nodes.set(node, { word, seenAt, isGone: true });
      this.#options.onGone(node, seenAt);
    }
  }
}
