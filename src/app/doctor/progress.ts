import { systemClock } from "../../io/process/clock.ts";
import { createProgressBar } from "../progress.ts";

/** Shows how far the checks are, where somebody watches. */
export async function showProgress<Value>(
  work: (onDone: (done: number, all: number, topic: string) => void) => Promise<Value>,
): Promise<Value> {
  const bar = createProgressBar(process.stderr, systemClock.elapsed);
  try {
    return await work((done, all, topic) => bar.show(done, all, topic));
  } finally {
    bar.end();
  }
}
