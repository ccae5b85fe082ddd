// Messages on an engine.

import type { Engine } from "../engine.ts";
import type { MessageStore } from "../message-store.ts";
import { bodyMethods, missingPart } from "./body.ts";
import { dueMethods } from "./due.ts";
import { inspection } from "./inspect.ts";
import { prepareKeep } from "./keep.ts";
import { operations } from "./operate.ts";
import { sizeMethod } from "./size.ts";
import { prepareSettle } from "./settle.ts";

/** @param node the number of this host: it keeps, delivers and settles its own messages alone. */
export function messageStore(engine: Engine, node: number): MessageStore {
  const keep = prepareKeep(engine.queries, node);
  const settle = prepareSettle(engine, node);
  return {
    async keep(message) {
      const [first] = await engine.run(keep(message));
      if (first?.changes === 0) throw missingPart(message.id, 0);
    },
    async settle(settlement) {
      const steps = settle(settlement);
      const [first] = await engine.run(steps);
      return steps[0]?.guard !== true || (first?.rows.length ?? 0) > 0;
    },
    ...bodyMethods(engine),
    ...dueMethods(engine, node),
    ...inspection(engine),
    ...operations(engine),
    ...sizeMethod(engine, node),
  };
}
