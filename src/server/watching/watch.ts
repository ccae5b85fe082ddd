// What one watcher gets: the lines of the sessions that it watches, as they pass.

export interface WatchedLine {
  /** UTC milliseconds. */
  readonly at: number;
  readonly session: string;
  readonly listener: string;
  /** The client's address. */
  readonly client: string;
  /** `note`: nobody said this; it happened. */
  readonly side: "client" | "server" | "note";
  /** Without secrets and control characters. */
  readonly text: string;
}

/** Lines that wait to be read; what comes beyond that is left out, and said to be. */
const mostWaiting = 1_000;

/** Ends when it is closed, by either side: leaving the loop over it is enough. */
export class Watch implements AsyncIterable<WatchedLine> {
  readonly #onClosed: () => void;
  #waiting: WatchedLine[] = [];
  #missed = 0;
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  push(line: WatchedLine): void {
    if (this.#isClosed) return;
    if (this.#waiting.length >= mostWaiting) {
      this.#missed++;
      return;
    }
    if (this.#missed > 0) this.#confess(line);
    this.#waiting.push(line);
    this.#wake?.();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClosed();
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchedLine, void, undefined> {
    try {
      while (true) {
        const lines = this.#waiting;
        this.#waiting = [];
        yield* lines;
        if (this.#isClosed && this.#waiting.length === 0) return;
        if (this.#waiting.length === 0) await this.#more();
      }
    } finally {
      this.close();
    }
  }

  async #more(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    if (!this.#isClosed) await promise;
    this.#wake = undefined;
  }

  /** What was left out is told before the next line that is not. */
  #confess(next: WatchedLine): void {
    const text = `${this.#missed} lines are left out here: they came faster than they were read`;
    this.#missed = 0;
    this.#waiting.push({ ...next, side: "note", text });
  }
}
