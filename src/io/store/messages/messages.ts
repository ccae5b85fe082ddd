// Messages on an engine.

import type { Engine } from "../engine.ts";
import type { MessageStore } from "../message-store.ts";
import { bodyMethods } from "./body.ts";
import { dueMethods } from "./due.ts";
import { inspection } from "./inspect.ts";
import { prepareKeep } from "./keep.ts";
import { operations } from "./operate.ts";
import { prepareSettle } from "./settle.ts";

export function messageStore(engine: Engine): MessageStore {
  const keep = prepareKeep(engine.queries);
  const settle = prepareSettle(engine.queries);
  return {
    async keep(message) {
      await engine.run(keep(message));
    },
    async settle(settlement) {
      await engine.run(settle(settlement));
    },
    ...bodyMethods(engine),
    ...dueMethods(engine),
    ...inspection(engine),
    ...operations(engine),
  };
}
