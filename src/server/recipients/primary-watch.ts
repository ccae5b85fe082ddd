// Looks whether primaries are back for which mail waits: it should go on within a minute, while the
// queue tries a host that has been away for long no more than once an hour.

import type { RelayDelivery } from "../../core/config/settings.ts";
import type { Log } from "../log.ts";

/** A primary for which mail waits, because it could not be reached. */
export interface AwayPrimary {
  /** One of its domains. */
  readonly domain: string;
  readonly deliver: RelayDelivery;
  /** The number of its line. */
  readonly line: number;
}

export interface PrimaryWatchOptions {
  readonly away: () => readonly AwayPrimary[];
  /** Whether a primary answers. Never rejects. */
  readonly answers: (primary: AwayPrimary) => Promise<boolean>;
  /** Lets mail for these lines be tried now. */
  readonly tryNow: (lines: readonly number[]) => void;
  readonly log: Log;
}

/** Milliseconds between two looks. */
const lookEvery = 15_000;

export interface PrimaryWatch {
  start(): void;
  close(): void;
}

export function createPrimaryWatch(options: PrimaryWatchOptions): PrimaryWatch {
  const { away, answers, tryNow, log } = options;
  const asked = new Set<number>();
  let timer: NodeJS.Timeout | undefined;

  async function look(primary: AwayPrimary): Promise<void> {
    const { line, domain } = primary;
    // One that lets us wait is not asked twice at once.
    if (asked.has(line)) return;
    asked.add(line);
    const isBack = await answers(primary);
    asked.delete(line);
    if (!isBack || timer === undefined) return;
    log.info({ event: "primary-back", domain }, "a primary answers again: its mail goes on");
    tryNow([line]);
  }

  return {
    start() {
      timer = setInterval(() => {
        for (const primary of away()) void look(primary);
      }, lookEvery).unref();
    },
    close() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
