// An attempt's results go into the store, and with the last of them the message goes out of it.

import type { Kysely } from "kysely";
import type { RecipientResult, Settlement } from "../../../core/queue/message.ts";
import type { Step } from "../engine.ts";
import type { Tables } from "../schema.ts";
import { prepareFinish, prepareFind, preparePlan } from "./finish.ts";
import { prepareKeep } from "./keep.ts";
import { prepareResult } from "./result.ts";

/** Prepares the steps that settle an attempt. */
export function prepareSettle(
  queries: Kysely<Tables>,
): (settlement: Settlement) => readonly Step[] {
  const find = prepareFind(queries);
  const keep = prepareKeep(queries);
  const result = prepareResult(queries);
  const plan = preparePlan(queries);
  const finish = prepareFinish(queries);
  return (settlement) => {
    const { id, results, notice } = settlement;
    return [
      ...(notice === undefined ? [] : [find(id), ...keep(notice)]),
      ...results.flatMap((one) => result(settlement, one)),
      plan(id),
      ...(results.every(isDeferred) ? [] : finish(id)),
    ];
  };
}

function isDeferred({ state }: RecipientResult): boolean {
  return state === "deferred";
}
