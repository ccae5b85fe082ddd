// Destinations in words.

import type { DestinationView } from "../server/admin/operations.ts";
import { formatSpan } from "../server/admin/words/times.ts";
import { formatTable, wrap } from "./table.ts";

const header = ["DESTINATION", "STATE", "WAITING", "ACTIVE", "DOWN FOR", "NEXT TRY"] as const;

/** @param now UTC milliseconds */
export function describeDestinations(
  all: readonly DestinationView[],
  limit: number,
  now: number,
): string {
  const shown = all.slice(0, limit);
  const table = formatTable([header, ...shown.map((one) => row(one, now))]).split("\n");
  const words = shown.map(({ said, peer }) =>
    said === undefined ? "" : wrap(peer === undefined ? said : `${peer}: ${said}`, 4),
  );
  const [first = "", ...rows] = table;
  const text = shown.map((_, at) => `${rows[at] ?? ""}\n${words[at] ?? ""}`).join("");
  const more = all.length - shown.length;
  return `${first}\n${text}${more > 0 ? `and ${more} more; --limit shows more of them\n` : ""}`;
}

function row(view: DestinationView, now: number): readonly string[] {
  const { name, host, waiting, active, downSince, nextTry } = view;
  const isDown = downSince !== undefined && nextTry !== undefined;
  return [
    host === undefined ? name : `${name} (of ${host})`,
    isDown ? "down" : "up",
    String(waiting),
    String(active),
    isDown ? formatSpan(now - downSince) : "",
    isDown ? (nextTry <= now ? "now" : `in ${formatSpan(nextTry - now)}`) : "",
  ];
}
