// Tells pages that are open of what happens to the queue, wherever in the server it begins: all of it
// comes by the store.

import type { Store } from "../../io/store/store.ts";
import type { Changes } from "../../server/admin/page/live/changes.ts";

/** The same store, which tells of the queue. */
export function withChanges(store: Store, changes: Changes): Store {
  async function told<Result>(done: Promise<Result>): Promise<Result> {
    const result = await done;
    changes.tell("queue");
    return result;
  }
  const { messages, lines } = store;
  return {
    ...store,
    messages: {
      ...messages,
      keep: (message) => told(messages.keep(message)),
      settle: (settlement) => told(messages.settle(settlement)),
      hold: (selection) => told(messages.hold(selection)),
      release: (selection) => told(messages.release(selection)),
      retry: (selection, now) => told(messages.retry(selection, now)),
      remove: (selection) => told(messages.remove(selection)),
    },
    lines: {
      ...lines,
      save: (line) => told(lines.save(line)),
      forget: (numbers) => told(lines.forget(numbers)),
    },
  };
}
