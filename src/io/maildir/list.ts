// Which messages lie in a mailbox, while others move them about.

import type { Dir } from "node:fs";
import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../error-code.ts";
import { findFolder } from "./folders.ts";
import type { Place } from "./message-name.ts";

/** Entries that are read at once: others have their turn between two batches. */
const batch = 1024;

/** How often a mailbox is walked through because names in `cur` changed meanwhile. */
export const walks = 5;

/** All messages, at most `most` of them, in no order. In a mailbox that never rests, those that another
 * program renames meanwhile may be there under several of their names. */
export async function listMessages(folder: string, most: number): Promise<readonly Place[]> {
  const met = new Set<Place>();
  for (let walk = 1; walk <= walks; walk++) {
    const places: Place[] = [];
    // oxlint-disable-next-line no-await-in-loop
    const calm = await walkThrough(folder, (place) => places.push(place) < most);
    if (calm) return places;
    for (const place of places) met.add(place);
  }
  return [...met].slice(0, most);
}

/** Calls `visit` for each message in `new` and `cur` until it says false. Only files count; names that
 * begin with a dot are no messages (maildir(5)). Resolves with whether no name in `cur` came, went or
 * changed meanwhile, so that the walk has met every message once. */
export async function walkThrough(
  folder: string,
  visit: (place: Place) => boolean,
): Promise<boolean> {
  const current = join(folder, "cur");
  const before = await findFolder(current);
  // In this order: what is moved from `new` to `cur` meanwhile is met twice rather than not at all.
  if (await visitFiles(folder, "new", visit)) await visitFiles(folder, "cur", visit);
  const after = await findFolder(current);
  return before?.changed === after?.changed;
}

/** Resolves with whether more is wanted. */
async function visitFiles(
  folder: string,
  name: "new" | "cur",
  visit: (place: Place) => boolean,
): Promise<boolean> {
  const entries = await openFolder(join(folder, name));
  if (entries === undefined) return true;
  for await (const entry of entries) {
    if (!entry.isFile() || entry.name.startsWith(".")) continue;
    if (!visit(`${name}/${entry.name}`)) return false;
  }
  return true;
}

/** Undefined where there is none. */
async function openFolder(path: string): Promise<Dir | undefined> {
  if ((await findFolder(path)) === undefined) return undefined;
  try {
    return await opendir(path, { encoding: "latin1", bufferSize: batch });
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined; // taken away since
    throw error;
  }
}
