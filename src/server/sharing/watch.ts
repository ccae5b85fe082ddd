// What a server does beside its work because other hosts share its store: it reads again what they
// have changed, and takes over the messages of those that are gone.

import { errorText } from "../../core/error-text.ts";
import type { ChangeTopic } from "../../io/store/changes.ts";
import type { Sharing } from "../../io/store/sharing.ts";
import type { Log } from "../log.ts";

export interface SharingWatchOptions {
  readonly sharing: Pick<Sharing, "term" | "changes" | "takeOver">;
  /** Reads again what belongs to a topic; may be called where nothing has changed. */
  readonly refresh: Readonly<Record<ChangeTopic, () => Promise<void>>>;
  /** Messages have become ours, or are certain to be ours again: something may be due. */
  readonly onOurs: () => void;
  readonly log: Log;
}

export interface SharingWatch {
  /** Waits for the look that is under way. */
  stop(): Promise<void>;
}

/** Milliseconds between two looks. */
const lookEvery = 2_000;

export function watchSharing(options: SharingWatchOptions): SharingWatch {
  const { log } = options;
  const seen = new Map<ChangeTopic, number>();
  let term = options.sharing.term();
  let isTold = false;
  let isStopped = false;
  let looking: Promise<void> = Promise.resolve();
  let timer = setTimeout(run, lookEvery);

  function run(): void {
    looking = look().finally(() => {
      if (!isStopped) timer = setTimeout(run, lookEvery);
    });
  }

  async function look(): Promise<void> {
    try {
      await refreshChanged(options, seen);
      const before = term;
      term = options.sharing.term();
      if (term !== undefined && term !== before) options.onOurs();
      await takeOver(options);
      if (isTold) log.info({ event: "store-heard" }, "changes by other hosts are seen again");
      isTold = false;
    } catch (error) {
      // Once, however long it lasts.
      if (!isTold) {
        const why = errorText(error);
        log.warn({ event: "store-unheard" }, `changes by other hosts are not seen: ${why}`);
      }
      isTold = true;
    }
  }

  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

/** A topic counts as seen only when it was read again: what failed comes back at the next look. */
async function refreshChanged(
  { sharing, refresh }: SharingWatchOptions,
  seen: Map<ChangeTopic, number>,
): Promise<void> {
  for (const [topic, count] of await sharing.changes()) {
    if (seen.get(topic) === count) continue;
    await refresh[topic]();
    seen.set(topic, count);
  }
}

/** A host that may be taken to be gone itself takes nothing. */
async function takeOver({ sharing, onOurs, log }: SharingWatchOptions): Promise<void> {
  if (sharing.term() === undefined) return;
  const taken = await sharing.takeOver();
  for (const { host, messages } of taken) {
    log.warn(
      { event: "took-over", host, messages },
      `${host} has not been heard for a minute: its ${messages} messages are delivered from here`,
    );
  }
  if (taken.length > 0) onOurs();
}
