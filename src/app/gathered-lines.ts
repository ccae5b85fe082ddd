// The lines of a busy log, gathered for a moment: each by itself would cost more to escape and to hand
// on than to make.

import { destination } from "pino";
import { escapedLines } from "./log-lines.ts";

/** Characters that are written at once. */
const most = 32 * 1024;
/** Milliseconds for which a line waits. */
const longest = 100;

export interface GatheredLines {
  /** @param line JSON or text, with its end */
  write(line: string): void;
  /** What was said before is to stand before what somebody else writes. */
  flushSync(): void;
}

/** Lines for standard error; on exit what is still in memory is written. */
export function gatherLines(): GatheredLines {
  const into = destination({ dest: 2, sync: false });
  let gathered = "";
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    if (gathered === "") return;
    clearTimeout(timer);
    process.off("exit", flushSync);
    const lines = gathered;
    gathered = "";
    into.write(escapedLines(lines));
  }

  function flushSync(): void {
    flush();
    into.flushSync();
  }

  return {
    write(line) {
      if (gathered === "") {
        timer = setTimeout(flush, longest);
        process.on("exit", flushSync);
      }
      gathered += line;
      if (gathered.length >= most) flush();
    },
    flushSync,
  };
}
