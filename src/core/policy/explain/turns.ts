// Counterfactuals: which small changes would turn a decision round. Nothing is reasoned out; every
// change is made, and decided again.

import { decide } from "../decide.ts";
import type { Case, Change } from "./change.ts";
import type { Turn } from "./explanation.ts";

/** Changes made together, at most: what needs more has no small way round. */
const mostTogether = 3;
const mostTurns = 5;

/** The smallest sets of changes that turn the answer round: single changes if any does, else pairs,
 * else threes. In the order in which the changes are given.
 * @param isAccepted whether the answer is yes as things are. */
export function smallestTurns(
  before: Case,
  changes: readonly Change[],
  isAccepted: boolean,
): readonly Turn[] {
  for (let size = 1; size <= mostTogether; size++) {
    const turns = setsOf(changes, size).flatMap((set) => {
      const { rules, request } = set.reduce((made, { make }) => make(made), before);
      const decision = decide(rules, request);
      const turned = (decision.verdict === "accept") !== isAccepted;
      return turned ? [{ advice: set.map(({ advice }) => advice).join(", and "), decision }] : [];
    });
    if (turns.length > 0) return turns.slice(0, mostTurns);
  }
  return [];
}

/** All choices of `size` items, in their order. */
function setsOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) =>
    setsOf(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]),
  );
}
