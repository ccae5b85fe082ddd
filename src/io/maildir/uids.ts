// The unique ids of a mailbox's messages, and what other servers' lists tell of sizes.

import { stride, type Work } from "../../core/work.ts";
import { runInSlices } from "../process/slices.ts";
import { readForeignList } from "./foreign-entries.ts";
import type { ForeignEntry } from "./foreign-list.ts";
import { baseOf, haveOneBase, type Place } from "./message-name.ts";
import { indexesByBase, type Places } from "./places.ts";
import { isUid, uidOf } from "./uid.ts";
import {
  isHonoured,
  lastServer,
  type Numbering,
  type Origin,
  readOrigin,
  writeOrigin,
} from "./uid-origin.ts";

export interface Identities {
  /** By index. */
  readonly uids: readonly string[];
  /** Octets as sent, by index, of those that another server has counted. */
  readonly sizes: ReadonlyMap<number, number>;
}

/** What another server's list says of the messages that are there. */
interface Foreign {
  /** By index. */
  readonly uids: ReadonlyMap<number, string>;
  /** All of these ids. */
  readonly taken: ReadonlySet<string>;
  readonly sizes: ReadonlyMap<number, number>;
}

const nothing: Foreign = { uids: new Map(), taken: new Set(), sizes: new Map() };

export async function findIdentities(places: Places): Promise<Identities> {
  const foreign = await askOthers(places);
  return { uids: await runInSlices(makeUids(places, foreign)), sizes: foreign.sizes };
}

async function askOthers(places: Places): Promise<Foreign> {
  const origin = await readOrigin(places.folder);
  if (origin === "none") return nothing;
  if (origin !== undefined) return (await readOthers(places, origin)).foreign;
  const { foreign, origin: begun } = await begin(places);
  // Without a place to write it to, the question is asked again the next time.
  await writeOrigin(places.folder, begun).catch(() => {});
  return foreign;
}

/** The mailbox is opened for the first time: all that the server before us has numbered is honoured. */
async function begin(places: Places): Promise<{ foreign: Foreign; origin: Origin }> {
  const server = await lastServer(places.folder);
  if (server === undefined) return { foreign: nothing, origin: "none" };
  return readOthers(places, { server, validity: Infinity, next: Infinity });
}

async function readOthers(
  places: Places,
  numbering: Numbering,
): Promise<{ foreign: Foreign; origin: Origin }> {
  const indexes = await runInSlices(indexesByBase(places.all));
  const uids = new Map<number, string>();
  const taken = new Set<string>();
  const sizes = new Map<number, number>();
  const take = (entry: ForeignEntry) => {
    const index = indexes.get(entry.base);
    if (index === undefined) return;
    if (entry.octets !== undefined) sizes.set(index, entry.octets);
    // An id that a list gives to two messages is the first one's.
    if (!isHonoured(entry, numbering) || !isUid(entry.uid) || taken.has(entry.uid)) return;
    taken.delete(uids.get(index) ?? "");
    taken.add(entry.uid);
    uids.set(index, entry.uid);
  };
  const head = await readForeignList(places.folder, numbering.server, take);
  const origin = head === undefined ? "none" : { ...head, server: numbering.server };
  return { foreign: { uids, taken, sizes }, origin };
}

/** Every message gets one of its own, whatever the lists say. */
function* makeUids(places: Places, { uids: listed, taken }: Foreign): Work<readonly string[]> {
  const uids: string[] = [];
  let before: Place | undefined;
  let twin = 0;
  for (const [index, place = ""] of places.all.entries()) {
    if (index % stride === 0) yield;
    // In order, messages that share a base lie side by side.
    twin = before !== undefined && haveOneBase(before, place) ? twin + 1 : 0;
    before = place;
    let uid = listed.get(index);
    if (uid === undefined) {
      const base = baseOf(place);
      uid = uidOf(base, twin);
      while (taken.has(uid)) uid = uidOf(base, ++twin);
    }
    uids.push(uid);
  }
  return uids;
}
