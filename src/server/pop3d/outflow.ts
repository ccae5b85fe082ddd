// What goes out in many pieces goes out as fast as the client reads it.

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Channel } from "../../io/net/channel.ts";

/** Pieces that are written before others have their turn. */
const piecesAtOnce = 8;

export class Outflow {
  readonly #channel: Channel;
  readonly #onProgress: () => void;
  #drained = Promise.withResolvers<void>();
  #stopped = false;

  constructor(channel: Channel, onProgress: () => void) {
    this.#channel = channel;
    this.#onProgress = onProgress;
  }

  /** Resolves with whether all was written; the pieces are left where they are if the client goes. */
  async write(pieces: AsyncIterable<Uint8Array> | Iterable<string>): Promise<boolean> {
    let count = 0;
    for await (const piece of pieces) {
      // A client may read as fast as we write, and is not the only one.
      if (++count % piecesAtOnce === 0) await nextTurn();
      while (this.#channel.isFull && !this.#stopped) await this.#drained.promise;
      if (this.#stopped) return false;
      this.#channel.write(piece);
      this.#onProgress();
    }
    return !this.#stopped;
  }

  /** The client has read what was written. */
  drained(): void {
    this.#drained.resolve();
    this.#drained = Promise.withResolvers();
  }

  /** Nothing more is written. */
  stop(): void {
    this.#stopped = true;
    this.drained();
  }
}
