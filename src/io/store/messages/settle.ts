// An attempt's results go into the store, and with the last of them the message goes out of it.

import type { LineName, RecipientResult, Settlement } from "../../../core/queue/message.ts";
import type { Engine, Step } from "../engine.ts";
import { prepareFindOwn, prepareFinish, preparePlan } from "./finish.ts";
import { prepareMakeLine } from "./line-rows.ts";
import { prepareKeep } from "./keep.ts";
import { prepareResult } from "./result.ts";

/** Prepares the steps that settle an attempt. In a shared store they begin with a look whether the
 * message is still this host's, which holds it until they are done: what others do to it at the same
 * time comes before or after. */
export function prepareSettle(
  { queries, isShared }: Engine,
  node: number,
): (settlement: Settlement) => readonly Step[] {
  const find = prepareFindOwn(queries, node);
  const keep = prepareKeep(queries, node);
  const result = prepareResult(queries);
  const plan = preparePlan(queries);
  const makeLine = prepareMakeLine(queries, node);
  const finish = prepareFinish(queries);
  return (settlement) => {
    const { id, results, notice, forwarded = [] } = settlement;
    const caused = notice === undefined ? forwarded : [notice, ...forwarded];
    const steps: Step[] = [];
    if (caused.length > 0 || isShared) steps.push(find(id));
    for (const message of caused) steps.push(...keep(message));
    for (const line of linesOf(results)) steps.push(makeLine(line));
    for (const one of results) steps.push(...result(settlement, one));
    steps.push(plan(id));
    if (!results.every(isOpen)) steps.push(...finish(id));
    return steps;
  };
}

function isOpen({ state }: RecipientResult): boolean {
  return state === "deferred" || state === "lined";
}

/** Each once. */
function linesOf(results: readonly RecipientResult[]): readonly LineName[] {
  const lines = results.flatMap((result) =>
    "inLine" in result && result.inLine !== undefined ? [result.inLine.line] : [],
  );
  return lines.filter(({ number }, at) => lines.findIndex((one) => one.number === number) === at);
}
