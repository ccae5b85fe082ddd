// How many octets each message has as it is sent: as its name says, or another server's list, or ours;
// and counted where nobody knows.

import { lstat } from "node:fs/promises";
import { stride, type Work } from "../../core/work.ts";
import type { Semaphore } from "../process/semaphore.ts";
import { errorCode } from "../error-code.ts";
import { runInSlices } from "../process/slices.ts";
import { forEachIndex } from "./for-each-index.ts";
import { createOctetCount } from "./line-ends.ts";
import { baseOf, sentOctetsOf } from "./message-name.ts";
import { gone, indexesByBase, type Places } from "./places.ts";
import { notAFile, readFile } from "./read-file.ts";
import { type KnownSize, SizeCache } from "./size-cache.ts";

/** Messages of one mailbox that are counted at once, if there is room for so many. */
const atOnce = 16;

/** Sizes by index, in octets; NaN for a message that is gone.
 * @param known sizes by index that are known from elsewhere
 * @param counting room for messages that are counted, of all mailboxes together: each holds a
 *   descriptor, and 64 KB at most */
export async function findSizes(
  places: Places,
  known: ReadonlyMap<number, number>,
  counting: Semaphore,
): Promise<Float64Array> {
  const sizes = new Float64Array(places.count).fill(Number.NaN);
  const unknown = await runInSlices(namedSizes(places, known, sizes));
  if (unknown.length > 0) await lookUp(places, { unknown, sizes, counting });
  return sizes;
}

/** Returns the indexes of those that are not known. */
function* namedSizes(
  places: Places,
  known: ReadonlyMap<number, number>,
  sizes: Float64Array,
): Work<readonly number[]> {
  const unknown: number[] = [];
  for (let index = 0; index < places.count; index++) {
    const size = sentOctetsOf(places.at(index) ?? "") ?? known.get(index);
    if (size === undefined) unknown.push(index);
    else sizes[index] = size;
    if (index % stride === 0) yield;
  }
  return unknown;
}

interface LookUp {
  readonly unknown: readonly number[];
  readonly sizes: Float64Array;
  readonly counting: Semaphore;
}

async function lookUp(places: Places, { unknown, sizes, counting }: LookUp): Promise<void> {
  const cache = new SizeCache(places.folder);
  const bases = unknown.map((index) => baseOf(places.at(index) ?? ""));
  // What shares its base with others has no line of its own.
  const lines = await runInSlices(indexesByBase(bases));
  const listed: KnownSize[] = [];
  await cache.read((size) => {
    const index = unknown[lines.get(size.base) ?? -1];
    if (index === undefined || !Number.isNaN(sizes[index])) return;
    sizes[index] = size.octets;
    listed.push(size);
  });
  const uncounted = Array.from(unknown.keys()).filter((at) =>
    Number.isNaN(sizes[unknown[at] ?? 0]),
  );
  await forEachIndex(uncounted.length, atOnce, async (number) => {
    const at = uncounted[number] ?? 0;
    const index = unknown[at] ?? 0;
    const counted = await counting.run(() => count(places, index));
    if (counted === undefined) return;
    sizes[index] = counted.octets;
    const size = { base: bases[at] ?? "", octets: counted.octets };
    if (!counted.isCertain || !lines.has(size.base)) return;
    listed.push(size);
    await cache.note(size);
  });
  await cache.finish(listed);
}

/** Undefined where the message is gone. One that cannot be read is there all the same, about as large
 * as its file. */
async function count(
  places: Places,
  index: number,
): Promise<{ readonly octets: number; readonly isCertain: boolean } | undefined> {
  try {
    const octets = await places.actOn(index, countOctets);
    return octets === gone ? undefined : { octets, isCertain: true };
  } catch (error) {
    if (!unreadable.has(errorCode(error) ?? "")) throw error;
    const found = await places.actOn(index, (path) => lstat(path));
    return found === gone || !found.isFile() ? undefined : { octets: found.size, isCertain: false };
  }
}

/** ELOOP: a symbolic link has taken the file's place. */
const unreadable: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EIO", "ELOOP", notAFile]);

async function countOctets(path: Buffer): Promise<number> {
  const octets = createOctetCount();
  for await (const chunk of readFile(path)) octets.add(chunk);
  return octets.sent;
}
