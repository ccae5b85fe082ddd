// A progress bar, for people who watch.

export interface ProgressBar {
  show(done: number, all: number, text: string): void;
  /** Takes the bar away. */
  end(): void;
}

const width = 30;
/** Milliseconds between two pictures. */
const interval = 100;

/** @param terminal draws nothing where it is none. */
export function createProgressBar(
  terminal: NodeJS.WriteStream,
  elapsed: () => number,
): ProgressBar {
  if (!terminal.isTTY) return { show() {}, end() {} };
  let last = -Infinity;
  return {
    show(done, all, text) {
      const now = elapsed();
      if (now - last < interval) return;
      last = now;
      const full = Math.floor((done / Math.max(all, 1)) * width);
      const bar = "#".repeat(full).padEnd(width, ".");
      terminal.write(`\r[${bar}] ${done}/${all} ${text}\u001b[K`);
    },
    end() {
      if (last !== -Infinity) terminal.write("\r\u001b[K");
    },
  };
}
