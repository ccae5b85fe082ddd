// What is counted of one zone's look-ups, for the operator.

export interface Figures {
  /** One question to the DNS is over; in ms. */
  asked(latency: number): void;
  read(): FiguresRead;
}

export interface FiguresRead {
  /** Questions that the DNS was asked, test points included. */
  readonly questions: number;
  /** Of the last questions, in ms; null before the first. */
  readonly median: number | null;
  readonly slowest: number | null;
}

/** So many of the last latencies are kept. */
const kept = 100;

export function createFigures(): Figures {
  const latencies: number[] = [];
  let questions = 0;
  return {
    asked(latency) {
      latencies[questions % kept] = latency;
      questions++;
    },
    read() {
      const sorted = latencies.toSorted((one, other) => one - other);
      const median = sorted[sorted.length >> 1] ?? null;
      return { questions, median, slowest: sorted.at(-1) ?? null };
    },
  };
}
