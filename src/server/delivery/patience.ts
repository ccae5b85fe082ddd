// How long to wait for the far host: a limit that is set anew with every step of a session, on a
// timer that is not.

export interface Patience {
  /** From now on, at most so many milliseconds. */
  allow(ms: number): void;
  end(): void;
}

/** @param elapsed monotonic milliseconds. */
export function createPatience(elapsed: () => number, onTimeout: () => void): Patience {
  let deadline = Infinity;
  let rings = Infinity;
  let timer: NodeJS.Timeout | undefined;

  function arm(): void {
    clearTimeout(timer);
    rings = deadline;
    timer = setTimeout(ring, deadline - elapsed());
  }

  /** A limit that has moved on since only moves the timer. */
  function ring(): void {
    if (elapsed() < deadline) arm();
    else onTimeout();
  }

  return {
    allow(ms) {
      deadline = elapsed() + ms;
      if (deadline < rings) arm();
    },
    end() {
      clearTimeout(timer);
    },
  };
}
