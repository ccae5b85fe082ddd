// Lets prepared keys sign as soon as the DNS has them: signatures by a key that nobody can find are worth
// nothing.

import { errorText } from "../../core/error-text.ts";
import type { DkimKeyStore } from "../../io/store/dkim-key-store.ts";
import type { PublishedLookups } from "../../io/dns/published-lookups.ts";
import type { Log } from "../log.ts";
import { viewOf } from "./key-view.ts";
import { isPublished } from "./published.ts";
import type { SigningKeys } from "./signing-keys.ts";

export interface KeyWatchOptions {
  readonly keys: Pick<SigningKeys, "prepared" | "refresh">;
  readonly store: Pick<DkimKeyStore, "activate">;
  /** For one look. */
  readonly ask: () => Pick<PublishedLookups, "texts" | "close">;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export interface KeyWatch {
  /** Looks now; never rejects. */
  look(): Promise<void>;
  /** Looks now, and every few minutes, without keeping the process alive. */
  start(): void;
  stop(): Promise<void>;
}

/** Milliseconds between two looks; where nothing is prepared, the DNS is not asked. */
const lookEvery = 300_000;

export function createKeyWatch(options: KeyWatchOptions): KeyWatch {
  const { keys, log } = options;
  let looking: Promise<void> = Promise.resolve();
  let questions: ReturnType<KeyWatchOptions["ask"]> | undefined;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    if (keys.prepared.length === 0) return;
    questions = options.ask();
    try {
      for (const pair of keys.prepared) {
        if (isStopped) return;
        await activateIfPublished(viewOf(pair), questions, options);
      }
    } catch (error) {
      log.warn(
        { event: "dkim-key-wait", error },
        `a signing key stays prepared: ${errorText(error)}`,
      );
    } finally {
      questions.close();
    }
  }

  function run(): void {
    looking = looking.then(look);
  }

  return {
    look,
    start() {
      run();
      timer = setInterval(run, lookEvery);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      isStopped = true;
      questions?.close();
      await looking;
    },
  };
}

async function activateIfPublished(
  pair: ReturnType<typeof viewOf>,
  questions: Pick<PublishedLookups, "texts">,
  { keys, store, now, log }: KeyWatchOptions,
): Promise<void> {
  if (pair === undefined || (await isPublished(pair, questions)).kind !== "yes") return;
  const { domain, name } = pair;
  // Another host, or the operator, may have been first.
  const isOurs = await store.activate(domain, name, now());
  await keys.refresh();
  if (!isOurs) return;
  log.info(
    { event: "dkim-key-active", domain, name },
    `mail of ${domain} is signed with a new key`,
  );
}
