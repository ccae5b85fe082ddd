// Places that share one base. Two programs that make the same name, or a careless copy, leave two
// messages there, and both are shown; a message that was renamed while the list was made is one.

import type { BigIntStats } from "node:fs";
import { lstat } from "node:fs/promises";
import { errorCode } from "../error-code.ts";
import { baseOf, type Place } from "./message-name.ts";
import { pathIn } from "./read-file.ts";

/** The places without those that are no messages of their own: names that are gone, and second names
 * of the same file. At least one of each base stays.
 * @param places in order, so that those of one base lie side by side */
export async function withoutGhosts(
  folder: string,
  places: readonly Place[],
): Promise<readonly Place[]> {
  const kept: Place[] = [];
  let hadTwins = false;
  for (let at = 0; at < places.length;) {
    const base = baseOf(places[at] ?? "");
    let end = at + 1;
    while (end < places.length && isOf(base, places[end] ?? "")) end++;
    if (end === at + 1) kept.push(places[at] ?? "");
    else {
      hadTwins = true;
      // oxlint-disable-next-line no-await-in-loop -- there are few of them, mostly none
      kept.push(...(await distinct(folder, places.slice(at, end))));
    }
    at = end;
  }
  return hadTwins ? kept : places;
}

/** Whether the place has that base, found out at less cost than by cutting the base out of it. */
function isOf(base: string, place: Place): boolean {
  const start = place.indexOf("/") + 1;
  if (!place.startsWith(base, start)) return false;
  const end = start + base.length;
  return end === place.length || place[end] === ":";
}

async function distinct(folder: string, places: readonly Place[]): Promise<readonly Place[]> {
  const files = await Promise.all(places.map((place) => statOf(pathIn(folder, place))));
  const alive = places.filter((_, index) => {
    const file = files[index];
    if (file === undefined) return false;
    return !files.slice(0, index).some((other) => other?.ino === file.ino);
  });
  return alive.length > 0 ? alive : places.slice(0, 1);
}

async function statOf(path: Buffer): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
