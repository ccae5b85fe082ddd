// Places that share one base. Two programs that make the same name, or a careless copy, leave two
// messages there, and both are shown; a message that was renamed while the list was made is one.

import type { BigIntStats } from "node:fs";
import { lstat } from "node:fs/promises";
import { stride, type Work } from "../../core/work.ts";
import { errorCode } from "../error-code.ts";
import { runInSlices } from "../process/slices.ts";
import { forEachIndex } from "./for-each-index.ts";
import { haveOneBase, type Place } from "./message-name.ts";
import { pathIn } from "./read-file.ts";

/** Groups that are looked at on disk at once. */
const atOnce = 4;

/** The places without those that are no messages of their own: names that are gone, and second names
 * of the same file. At least one of each base stays.
 * @param places in order, so that those of one base lie side by side */
export async function withoutGhosts(
  folder: string,
  places: readonly Place[],
): Promise<readonly Place[]> {
  const groups = await runInSlices(findGroups(places));
  if (groups.length === 0) return places;
  const ghosts = new Set<Place>();
  await forEachIndex(groups.length, atOnce, async (at) => {
    for (const ghost of await ghostsAmong(folder, groups[at] ?? [])) ghosts.add(ghost);
  });
  return places.filter((place) => !ghosts.has(place));
}

/** All places that share their base with others, by base. */
function* findGroups(places: readonly Place[]): Work<readonly (readonly Place[])[]> {
  const groups: Place[][] = [];
  let group: Place[] | undefined;
  for (let at = 1; at < places.length; at++) {
    const [before = "", place = ""] = [places[at - 1], places[at]];
    if (!haveOneBase(before, place)) group = undefined;
    else if (group !== undefined) group.push(place);
    else groups.push((group = [before, place]));
    if (at % stride === 0) yield;
  }
  return groups;
}

async function ghostsAmong(folder: string, group: readonly Place[]): Promise<readonly Place[]> {
  const files = await Promise.all(group.map((place) => statOf(pathIn(folder, place))));
  const alive = group.filter((_, index) => {
    const file = files[index];
    if (file === undefined) return false;
    return !files.slice(0, index).some((other) => other?.ino === file.ino);
  });
  // All are gone: the message has been renamed again, and can be found again by any of them.
  const kept = alive.length > 0 ? alive : group.slice(0, 1);
  return group.filter((place) => !kept.includes(place));
}

async function statOf(path: Buffer): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
