// Work that is too long for one turn of the event loop. It says where it can rest; whoever runs it
// decides whether to.

/** Yields about every thousand small steps; returns the result. */
export type Work<Value> = Generator<undefined, Value, undefined>;

/** Does all of it at once. */
export function finish<Value>(work: Work<Value>): Value {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Steps between two rests. */
export const stride = 1024;
