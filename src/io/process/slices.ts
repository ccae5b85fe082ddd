import { setImmediate as turn } from "node:timers/promises";
import type { Work } from "../../core/work.ts";

/** Milliseconds of work before others have their turn. */
const slice = 10;

/** Does long work in slices, so that the server answers its clients meanwhile. */
export async function runInSlices<Value>(work: Work<Value>): Promise<Value> {
  let until = performance.now() + slice;
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) return step.value;
    if (performance.now() < until) continue;
    await turn();
    until = performance.now() + slice;
  }
}
