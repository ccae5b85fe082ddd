// Blocklists that contradict each other or their threshold.

import type { Contradiction, LineOf } from "./contradictions.ts";
import type { ConfigurationFile } from "./schema/file.ts";

export function findBlocklistContradictions(
  file: ConfigurationFile,
  lineOf: LineOf,
): readonly Contradiction[] {
  return [...repeatedZones(file, lineOf), ...unreachableThreshold(file)];
}

/** One list may be asked twice only where different codes have different scores. */
function repeatedZones(
  { blocklists }: ConfigurationFile,
  lineOf: LineOf,
): readonly Contradiction[] {
  return blocklists.flatMap(({ zone, codes }, index) => {
    const earlier = blocklists.findIndex((list) => list.zone === zone && share(list.codes, codes));
    if (earlier === index) return [];
    const text = `line ${lineOf(["blocklists", earlier])} asks ${zone} for the same codes; keep one`;
    return [{ path: ["blocklists", index, "zone"], text }];
  });
}

type Codes = ConfigurationFile["blocklists"][number]["codes"];

function share(one: Codes, other: Codes): boolean {
  return one.some((a) => other.some((b) => a.first <= b.last && b.first <= a.last));
}

function unreachableThreshold(file: ConfigurationFile): readonly Contradiction[] {
  if (file.blocklists.length === 0) return [];
  const most = file.blocklists.reduce((sum, { score }) => sum + Math.max(0, score), 0);
  const threshold = file["blocklist-threshold"];
  if (most >= threshold - 0.0005) return [];
  const text = `all scores together make ${most}, so that ${threshold} is never reached; lower it, or raise scores`;
  return [{ path: ["blocklist-threshold"], text }];
}
