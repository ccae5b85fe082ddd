// The unique ids of a mailbox's messages, and what other servers' lists tell of sizes.

import { stride, type Work } from "../../core/work.ts";
import { runInSlices } from "../process/slices.ts";
import { readForeignList } from "./foreign-entries.ts";
import type { ForeignEntry } from "./foreign-list.ts";
import { baseOf } from "./message-name.ts";
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
  readonly uids: Map<number, string>;
  readonly sizes: Map<number, number>;
}

export async function findIdentities(places: Places): Promise<Identities> {
  const { uids, sizes } = await askOthers(places);
  return { uids: await runInSlices(makeUids(places, uids)), sizes };
}

async function askOthers(places: Places): Promise<Foreign> {
  const origin = await readOrigin(places.folder);
  if (origin !== undefined && origin !== "none") return (await readOthers(places, origin)).foreign;
  if (origin === "none") return { uids: new Map(), sizes: new Map() };
  const { foreign, origin: begun } = await begin(places);
  // Without a place to write it to, the question is asked again the next time.
  await writeOrigin(places.folder, begun).catch(() => {});
  return foreign;
}

/** The mailbox is opened for the first time: all that the server before us has numbered is honoured. */
async function begin(places: Places): Promise<{ foreign: Foreign; origin: Origin }> {
  const server = await lastServer(places.folder);
  if (server === undefined)
    return { foreign: { uids: new Map(), sizes: new Map() }, origin: "none" };
  const all = { server, validity: Infinity, next: Infinity };
  return readOthers(places, all);
}

async function readOthers(
  places: Places,
  numbering: Numbering,
): Promise<{ foreign: Foreign; origin: Origin }> {
  const indexes = await runInSlices(indexesByBase(places.all));
  const uids = new Map<number, string>();
  const sizes = new Map<number, number>();
  const take = (entry: ForeignEntry) => {
    const index = indexes.get(entry.base);
    if (index === undefined) return;
    if (entry.octets !== undefined) sizes.set(index, entry.octets);
    if (isUid(entry.uid) && isHonoured(entry, numbering)) uids.set(index, entry.uid);
  };
  const head = await readForeignList(places.folder, numbering.server, take);
  const origin = head === undefined ? "none" : { ...head, server: numbering.server };
  return { foreign: { uids, sizes }, origin };
}

/** Every message gets one of its own, whatever the lists say. */
function* makeUids(places: Places, foreign: ReadonlyMap<number, string>): Work<readonly string[]> {
  const uids: string[] = [];
  const taken = new Set<string>();
  for (const [index, place] of places.all.entries()) {
    const base = baseOf(place ?? "");
    let uid = foreign.get(index) ?? uidOf(base);
    for (let twin = 1; taken.has(uid); twin++) uid = uidOf(base, twin);
    taken.add(uid);
    uids.push(uid);
    if (index % stride === 0) yield;
  }
  return uids;
}
