// Looks at a file now and then, by its name: so it does not matter how it is replaced, by a rename
// over it, by writing to it, or by removing it and putting another one there.

import { type Stamp, stampOf } from "./rules-file.ts";

export interface FileWatch {
  close(): void;
}

export interface WatchOptions {
  readonly path: string;
  /** The state that is known already. */
  readonly stamp: Stamp;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** The file is in another state than it was, and has been for two looks: whoever writes it is done.
   * No look is taken meanwhile. Never rejects. */
  readonly onChange: (stamp: Stamp) => Promise<void>;
}

export function watchFile({ path, stamp, interval, onChange }: WatchOptions): FileWatch {
  let told = stamp;
  let seen = stamp;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const now = await stampOf(path);
    if (now === seen && now !== told && !closed) {
      told = now;
      await onChange(now);
    }
    seen = now;
    wait();
  }

  function wait(): void {
    if (!closed) timer = setTimeout(() => void look(), interval).unref();
  }

  wait();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
