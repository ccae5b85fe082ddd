// Tells pages that are open of what happens to the queue, wherever in the server it begins: all of it
// comes by the store.

import type { Store } from "../../io/store/store.ts";
import type { Changes } from "../../server/admin/page/live/changes.ts";

/** The same store, which tells of the queue. */
export function withChanges(store: Store, changes: Changes): Store {
  function told<Given extends unknown[], Result>(act: (...given: Given) => Promise<Result>) {
    return async (...given: Given): Promise<Result> => {
      const result = await act(...given);
      changes.tell("queue");
      return result;
    };
  }
  const { messages, lines } = store;
  return {
    ...store,
    messages: {
      ...messages,
      keep: told(messages.keep),
      settle: told(messages.settle),
      hold: told(messages.hold),
      release: told(messages.release),
      retry: told(messages.retry),
      remove: told(messages.remove),
    },
    lines: { ...lines, save: told(lines.save), forget: told(lines.forget) },
  };
}
