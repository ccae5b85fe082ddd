// Wakes the queue when the next recipient is due.

export interface Alarm {
  /** Rings at that time at the latest, UTC ms. */
  by(time: number): void;
  off(): void;
}

/** Longest time without a ring, in ms: heals whatever was missed, a stepped clock among it. */
const longestSleep = 60_000;

/** @param now UTC milliseconds. */
export function createAlarm(now: () => number, ring: () => void): Alarm {
  let time = Infinity;
  let timer: NodeJS.Timeout | undefined;
  let isOff = false;

  function set(next: number): void {
    clearTimeout(timer);
    time = next;
    const delay = Math.min(Math.max(0, next - now()), longestSleep);
    timer = setTimeout(() => {
      set(Infinity);
      ring();
    }, delay);
  }

  return {
    by(next) {
      if (!isOff && (next < time || timer === undefined)) set(next);
    },
    off() {
      isOff = true;
      clearTimeout(timer);
    },
  };
}
