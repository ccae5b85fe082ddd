// How long what is due has to wait for its turn: the one thread that serves all sessions is busy for so
// long at a time.

import { monitorEventLoopDelay } from "node:perf_hooks";

interface LoopDelay {
  /** Seconds. */
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
}

export interface EventLoop {
  /** Of the last minute or so. */
  read(): LoopDelay;
  stop(): void;
}

/** Milliseconds between two looks. */
const resolution = 50;
/** Milliseconds after which what was seen is of no interest any more. */
const window = 60_000;

/** @param elapsed monotonic milliseconds */
export function watchEventLoop(elapsed: () => number): EventLoop {
  const seen = monitorEventLoopDelay({ resolution });
  seen.enable();
  let begun = elapsed();
  // What is seen is the time between two looks.
  const seconds = (nanoseconds: number): number =>
    Math.max(0, nanoseconds / 1e9 - resolution / 1000);
  return {
    read() {
      const read = {
        median: seconds(seen.percentile(50)),
        p99: seconds(seen.percentile(99)),
        longest: seconds(seen.max),
      };
      if (elapsed() - begun >= window) {
        seen.reset();
        begun = elapsed();
      }
      return read;
    },
    stop: () => void seen.disable(),
  };
}
