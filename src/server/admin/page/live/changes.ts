// What has changed, for the pages that show it. Telling costs next to nothing, for it comes with each
// message: who listens hears of each topic once a second at most.

/** What pages can follow. */
const topics = [
  /** Told every few seconds: figures that are always different. */
  "now",
  "queue",
  "decisions",
  "sessions",
  "people",
  "grants",
  "bans",
  "lists",
] as const;

export type Topic = (typeof topics)[number];

export function isTopic(text: string): text is Topic {
  return topics.some((topic) => topic === text);
}

/** Hears what has changed since the last time. */
export type Hear = (changed: readonly Topic[]) => void;

interface Listener {
  readonly wanted: ReadonlySet<Topic>;
  readonly hear: Hear;
}

/** Milliseconds for which changes gather. */
const gatherFor = 1_000;

export class Changes {
  readonly #listeners = new Set<Listener>();
  /** Of each topic the number of its last change. */
  readonly #last = new Map<Topic, number>();
  #count: number;
  #changed = new Set<Topic>();
  #timer: NodeJS.Timeout | undefined;

  /** @param start the number to begin with: greater than those of a server before, such as the time */
  constructor(start: number) {
    this.#count = start;
  }

  /** What has changed up to now has no greater number. */
  get count(): number {
    return this.#count;
  }

  tell(topic: Topic): void {
    this.#count++;
    this.#last.set(topic, this.#count);
    if (this.#listeners.size === 0) return;
    this.#changed.add(topic);
    this.#timer ??= setTimeout(() => this.#pass(), gatherFor);
  }

  /** What has changed of these since then: all of it, where that was before this server started. */
  since(count: number, wanted: ReadonlySet<Topic>): readonly Topic[] {
    if (count > this.#count) return [...wanted];
    return [...wanted].filter((topic) => (this.#last.get(topic) ?? 0) > count);
  }

  /** Ends with the function that it returns. */
  listen(wanted: ReadonlySet<Topic>, hear: Hear): () => void {
    const listener = { wanted, hear };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #pass(): void {
    this.#timer = undefined;
    const changed = [...this.#changed];
    this.#changed = new Set();
    for (const { wanted, hear } of this.#listeners) {
      const meant = changed.filter((topic) => wanted.has(topic));
      if (meant.length > 0) hear(meant);
    }
  }
}
