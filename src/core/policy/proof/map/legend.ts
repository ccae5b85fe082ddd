// Which line of the configuration has which colour on the map.

import { formatPrefix } from "../../../mail/ip.ts";
import { printable } from "../../../smtp/reply.ts";
import { type Admission } from "../admitted.ts";
import { countOf, nowhere, prefixesOf, type Space, union } from "../space.ts";
import { formatCount } from "../words.ts";

export interface LegendEntry {
  /** Class of the style sheet. */
  readonly colour: string;
  readonly space: Space;
  readonly text: string;
}

/** Colours that can be told apart; the lines beyond share the last one. */
const colours = 7;
const longestText = 78;

/** The largest first; IPv6 has no map. */
export function makeLegend(admissions: readonly Admission[]): readonly LegendEntry[] {
  const shown = admissions
    .filter(({ space }) => space[4].length > 0)
    .toSorted((one, other) => (countOf(one.space, 4) > countOf(other.space, 4) ? -1 : 1));
  const single = shown.length > colours ? shown.slice(0, colours - 1) : shown;
  const rest = shown.slice(single.length);
  const entries = single.map((admission, index) => ({
    colour: `c${index}`,
    space: admission.space,
    text: cut(describe(admission)),
  }));
  if (rest.length === 0) return entries;
  const space = union(rest.map((each) => each.space));
  const text = `${formatCount(BigInt(rest.length))} lines more, ${addresses(space)}`;
  return [...entries, { colour: `c${colours - 1}`, space, text }];
}

function describe({ role, place, reason, space }: Admission): string {
  const where = place === undefined ? reason : `${place.file}:${place.line}`;
  const prefixes = prefixesOf({ ...nowhere, 4: space[4] }, 2);
  const [first] = prefixes;
  const what = prefixes.length === 1 && first !== undefined ? `${formatPrefix(first)}, ` : "";
  return `${where} (${role}): ${what}${addresses(space)}`;
}

function addresses(space: Space): string {
  const count = countOf(space, 4);
  return count === 1n ? "1 address" : `${formatCount(count)} addresses`;
}

/** The end says how many; a long path is cut at its beginning. */
function cut(text: string): string {
  const clean = printable(text);
  return clean.length > longestText ? `…${clean.slice(1 - longestText)}` : clean;
}
