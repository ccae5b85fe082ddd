// From what each list says to one verdict: scores against the threshold.

import type { BlocklistSettings } from "../config/settings.ts";
import { type Fact, known, unknown } from "../policy/fact.ts";
import type { BlocklistVerdict } from "../policy/request.ts";
import type { ListAnswer } from "./answer.ts";

/** One list and what it says of the client; undefined while its answer is awaited. */
export interface Opinion {
  readonly list: Pick<BlocklistSettings, "zone" | "score" | "fail">;
  readonly answer: ListAnswer | undefined;
}

/** The verdict, as soon as no answer that is still awaited can turn it; undefined until then.
 *
 * A list that does not answer counts nothing where it fails open. Where it fails closed, it might have
 * said either, and the verdict is unknown if that matters. */
export function weigh(
  opinions: readonly Opinion[],
  threshold: number,
): Fact<BlocklistVerdict> | undefined {
  const listing = opinions.filter(({ answer }) => answer?.kind === "listed");
  const doubtful = opinions.filter(isDoubtful);
  const sum = total(listing);
  const lowest = sum + total(doubtful.filter(({ list }) => list.score < 0));
  const highest = sum + total(doubtful.filter(({ list }) => list.score > 0));
  if (highest < threshold) return known({ listed: false });
  if (lowest >= threshold) return known({ listed: true, list: heaviest(listing) });
  if (opinions.some(({ answer }) => answer === undefined)) return undefined;
  return unknown(doubtful.map(describe).join("; "));
}

function isDoubtful({ list, answer }: Opinion): boolean {
  return answer === undefined || (answer.kind === "unknown" && list.fail === "closed");
}

function total(opinions: readonly Opinion[]): number {
  // In thousandths, so that 0.1 and 0.2 reach a threshold of 0.3.
  return opinions.reduce((sum, { list }) => sum + Math.round(list.score * 1000), 0) / 1000;
}

/** The list that a refusal names: the one whose score is highest, of several the first. */
function heaviest(listing: readonly Opinion[]): string {
  const zones = listing.toSorted((one, other) => other.list.score - one.list.score);
  return zones[0]?.list.zone ?? "";
}

function describe({ list, answer }: Opinion): string {
  return `${list.zone}: ${answer?.kind === "unknown" ? answer.why : "no answer yet"}`;
}
