// The operator's acts on the queue. Inside a server they also wake it; without one it learns of them
// when it starts.

import type { QueueSettings } from "../../core/config/settings.ts";
import type { QueueFilter, QueueSelection, RecipientState } from "../../io/store/message-store.ts";
import { StoreError } from "../../io/store/error.ts";
import type { LineReport } from "../../io/store/line-store.ts";
import type { Store } from "../../io/store/store.ts";
import type { Queue } from "../delivery/queue.ts";
import type { Stops } from "./account-operations.ts";
import { readHeaderSection } from "./header-section.ts";
import {
  type DestinationView,
  OperationError,
  type QueueAct,
  type QueueOperations,
  type QueueSelectionWish,
} from "./operations.ts";
import { whyWaiting } from "./why-waiting.ts";

export interface QueueOperationsOptions {
  readonly store: Pick<Store, "messages" | "lines">;
  readonly queue: Pick<Queue, "settled" | "poke" | "tryNow" | "inHand" | "busy">;
  readonly schedule: () => Pick<QueueSettings, "warnAfter" | "giveUpAfter">;
  /** The accounts whose sending is stopped. */
  readonly stops: Pick<Stops, "list">;
  /** UTC milliseconds. */
  readonly now: () => number;
}

/** Milliseconds for which an act waits for what has just ended to be in the store. */
const settlingTime = 2_000;

/** Recipients that each act concerns. */
const states: Readonly<Record<QueueAct, readonly RecipientState[]>> = {
  list: ["waiting", "held"],
  retry: ["waiting"],
  hold: ["waiting"],
  release: ["held"],
  delete: ["waiting", "held"],
};

export function createQueueOperations(options: QueueOperationsOptions): QueueOperations {
  const { queue, now } = options;
  const { messages, lines } = options.store;

  async function touched(count: Promise<number>): Promise<number> {
    const result = await count;
    queue.poke();
    return result;
  }

  /** The lines of a destination that is named. */
  async function linesOf(name: string | undefined): Promise<Pick<QueueFilter, "lines">> {
    if (name === undefined) return {};
    return { lines: named(await lines.report(), name).map(({ number }) => number) };
  }

  async function select(wish: QueueSelectionWish): Promise<QueueSelection> {
    const { destination, ...selection } = wish;
    return { ...selection, ...(await linesOf(destination)) };
  }

  /** Who waits for a destination that is down is not due before that is tried. */
  async function retry(wish: QueueSelectionWish): Promise<number> {
    await queue.settled(settlingTime);
    const selection = await select(wish);
    const waitedFor = await lines.of(selection);
    const count = await messages.count(selection, states.retry);
    if (selection.lines === undefined) await messages.retry({ ...selection, lines: "none" }, now());
    await lines.forget(waitedFor);
    queue.tryNow(waitedFor);
    return count;
  }

  return {
    async queueList({ destination, ...filter }, page) {
      return messages.list({ ...filter, ...(await linesOf(destination)) }, page);
    },
    queueCount: async (act, wish) => messages.count(await select(wish), states[act]),
    queueShow: async (id) => (await messages.show(id)) ?? null,
    async queueHeaders(id) {
      try {
        return await readHeaderSection(messages.content(id));
      } catch (error) {
        if (error instanceof StoreError && error.kind === "missing") return null;
        throw error;
      }
    },
    async queueWhy(id) {
      const message = await messages.show(id);
      if (message === undefined) return null;
      const { login } = message.origin;
      const stopped = (await options.stops.list()).find(({ account }) => account === login);
      const { attempts: _, ...entry } = message;
      const facts = {
        now: now(),
        schedule: options.schedule(),
        inHand: queue.inHand(id),
        ...(stopped && { stopped }),
      };
      return { message: entry, recipients: whyWaiting(message, facts) };
    },
    queueRetry: async (wish) => touched(retry(wish)),
    queueHold: async (wish) => touched(messages.hold(await select(wish))),
    queueRelease: async (wish) => touched(messages.release(await select(wish))),
    queueDelete: async (wish) => touched(messages.remove(await select(wish))),
    queueDestinations: async () => destinations(await lines.report(), queue.busy()),
    async queueFlush(name) {
      await queue.settled(settlingTime);
      const all = await lines.report();
      const meant = name === null ? all : named(all, name);
      const down = meant.filter(({ standing }) => standing.outage !== undefined);
      if (name !== null && down.length === 0) {
        throw new OperationError(
          meant.length === 0 && queue.busy().every((one) => one.name !== name)
            ? `nothing waits for ${name}; see: bailiwick queue destinations`
            : `${name} is not down: what waits for it is on its way, or waits by its own schedule (bailiwick queue retry)`,
        );
      }
      const numbers = down.map(({ number }) => number);
      await lines.forget(numbers);
      queue.tryNow(numbers);
      return [...new Set(down.map((line) => line.name))];
    },
  };
}

function named(all: readonly LineReport[], name: string): readonly LineReport[] {
  return all.filter((line) => line.name === name);
}

function destinations(
  stored: readonly LineReport[],
  busy: ReturnType<Queue["busy"]>,
): readonly DestinationView[] {
  const active = new Map(busy.map(({ key, messages }) => [key, messages]));
  const known = new Set(stored.map(({ key }) => key));
  const views = [
    ...stored.map((line) => viewOf(line, active.get(line.key) ?? 0)),
    ...busy
      .filter(({ key }) => !known.has(key))
      .map(({ name, messages }) => ({ name, waiting: 0, active: messages })),
  ];
  return views.toSorted(
    (one: DestinationView, other: DestinationView) =>
      Number(other.downSince !== undefined) - Number(one.downSince !== undefined) ||
      other.waiting - one.waiting ||
      other.active - one.active,
  );
}

function viewOf(line: LineReport, active: number): DestinationView {
  const { name, host, waiting, standing, lastWords } = line;
  const { outage } = standing;
  return {
    name,
    ...(host !== undefined && { host }),
    waiting,
    active,
    ...(outage !== undefined && {
      downSince: outage.since,
      lastTry: outage.lastTry,
      nextTry: outage.nextTry,
    }),
    ...lastWords,
  };
}
