// Time limits of connections, looked after by one timer for all: a timer for each would have to be
// set and cleared with every command.

/** Something that must be done by a time which moves on as it makes progress. */
export interface Expiring {
  /** Monotonic milliseconds; Infinity for no limit. */
  readonly deadline: number;
  /** Called at every look that finds the deadline passed: it moves the deadline, or ends what is
   * watched. */
  expire(): void;
}

export interface Deadlines {
  watch(item: Expiring): void;
  /** Harmless for an item that is not watched. */
  unwatch(item: Expiring): void;
  /** Stops the timer. */
  stop(): void;
}

export interface DeadlineOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds between two looks: how late an item may expire. */
  readonly interval: number;
}

/** Starts the timer; it does not keep the process alive. */
export function startDeadlines({ now, interval }: DeadlineOptions): Deadlines {
  const watched = new Set<Expiring>();
  const timer = setInterval(() => {
    const time = now();
    for (const item of watched) {
      if (item.deadline <= time) item.expire();
    }
  }, interval);
  timer.unref();
  return {
    watch: (item) => void watched.add(item),
    unwatch: (item) => void watched.delete(item),
    stop: () => clearInterval(timer),
  };
}
