// Values counted by their size: a few numbers, cheap enough to be kept of every message and every
// commit.

export interface HistogramRead {
  /** Ascending; a value counts for the first bound that it does not exceed. */
  readonly bounds: readonly number[];
  /** One more than bounds: the last one is of values above them all. */
  readonly counts: readonly number[];
  readonly sum: number;
}

export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #largest = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = [...bounds.map(() => 0), 0];
  }

  observe(value: number): void {
    let at = 0;
    while (value > (this.#bounds[at] ?? Infinity)) at++;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
    if (value > this.#largest) this.#largest = value;
  }

  read(): HistogramRead {
    return { bounds: this.#bounds, counts: [...this.#counts], sum: this.#sum };
  }

  /** The largest value since the last call; 0 where there was none. */
  takeLargest(): number {
    const largest = this.#largest;
    this.#largest = 0;
    return largest;
  }
}

/** The value below which that share of all lies, as well as the bounds tell: within its bucket they
 * are taken to be spread evenly. Null where there is none.
 * @param share in [0, 1] */
export function quantile(
  { bounds, counts }: Pick<HistogramRead, "bounds" | "counts">,
  share: number,
): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = share * total;
  for (const [at, count] of counts.entries()) {
    const upper = bounds[at];
    const lower = bounds[at - 1] ?? 0;
    if (upper === undefined) return lower;
    if (count > 0 && left <= count) return lower + ((upper - lower) * left) / count;
    left -= count;
  }
  return bounds.at(-1) ?? null;
}

/** Bounds in seconds for the time from a message's arrival to its delivery. */
export const deliveryBounds: readonly number[] = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400,
  432_000,
];

/** Bounds in seconds for a commit with its sync. */
export const commitBounds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
