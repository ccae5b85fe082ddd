/** Lets so many pieces of work run at once, and so many of one asker. Askers that wait take turns, so
 * that whoever asks for much keeps nobody waiting but himself. */
export interface FairSemaphore {
  run<Value>(asker: string, work: () => Promise<Value>): Promise<Value>;
}

export interface Places {
  readonly all: number;
  readonly each: number;
}

interface Asker {
  running: number;
  readonly waiting: (() => void)[];
}

export function createFairSemaphore({ all, each }: Places): FairSemaphore {
  /** Those who have something running or waiting, in the order of their turns. */
  const askers = new Map<string, Asker>();
  let free = all;

  function enter(name: string): Asker {
    const known = askers.get(name);
    if (known !== undefined) return known;
    const asker = { running: 0, waiting: [] };
    askers.set(name, asker);
    return asker;
  }

  /** Gives a place that has become free to the first whose turn it is and who may have it. */
  function handOn(): void {
    for (const [name, asker] of askers) {
      if (asker.running >= each) continue;
      const next = asker.waiting.shift();
      if (next === undefined) continue;
      askers.delete(name);
      askers.set(name, asker); // to the end
      asker.running++;
      return next();
    }
    free++;
  }

  return {
    async run(name, work) {
      const asker = enter(name);
      if (free > 0 && asker.running < each) {
        free--;
        asker.running++;
      } else {
        await new Promise<void>((resolve) => asker.waiting.push(resolve));
      }
      try {
        return await work();
      } finally {
        asker.running--;
        if (asker.running === 0 && asker.waiting.length === 0) askers.delete(name);
        handOn();
      }
    },
  };
}
