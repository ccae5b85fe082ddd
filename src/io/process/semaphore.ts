/** Lets so many pieces of work run at once; the others wait in the order in which they came. */
export interface Semaphore {
  run<Value>(work: () => Promise<Value>): Promise<Value>;
}

export function createSemaphore(places: number): Semaphore {
  let free = places;
  const waiting: (() => void)[] = [];
  return {
    async run(work) {
      if (free > 0) free--;
      // A place is handed over by the one who leaves it, so nobody can slip in between.
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
