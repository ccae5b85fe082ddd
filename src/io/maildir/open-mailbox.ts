// A mailbox in a session: its messages as they were when it was opened, read and removed wherever other
// programs have moved them since.

import { lstat, mkdir, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../error-code.ts";
import { syncDirectory } from "./directories.ts";
import { forEachIndex } from "./for-each-index.ts";
import { MessageGone, MessageUnreadable } from "./mailbox-error.ts";
import { type Place, seenPlaceOf } from "./message-name.ts";
import { gone, type Places } from "./places.ts";
import { pathIn, readFile } from "./read-file.ts";

export interface StoredMessage {
  /** Octets as they are sent: every line ended by CR LF, and no dot doubled. */
  readonly size: number;
  /** From 1 to 70 characters of `!` to `~`, the same in every session (RFC 1939 §7). */
  readonly uid: string;
}

export interface OpenMailbox {
  /** In the order of their delivery; an index is a place in this list. */
  readonly messages: readonly StoredMessage[];
  /** Octets of the message as it is stored, in chunks of at most 64 KB. Rejects with `MessageGone`, or
   * with `MessageUnreadable`. The file is closed when all is read or the reader leaves. */
  read(index: number): AsyncIterable<Uint8Array>;
  /** The message was sent whole: it gets the flag S (seen), and lies in `cur`, when the mailbox is
   * closed, unless it is removed before. */
  markSeen(index: number): void;
  /** Removes messages for good; those that others have removed count as removed. Resolves with how many
   * could not be. */
  remove(indexes: readonly number[]): Promise<number>;
  /** Writes down what was seen, and gives the lock back. It may be called more than once. */
  close(): Promise<void>;
}

/** Calls to the file system at once: so many that its four threads need not wait for us on a busy
 * machine, so few that others need not wait for long. */
const atOnce = 32;

/** @param release gives the lock back */
export function createOpenMailbox(
  places: Places,
  messages: readonly StoredMessage[],
  release: () => void,
): OpenMailbox {
  const seen = new Set<number>();
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    try {
      await markAll(places, [...seen]);
    } finally {
      release();
    }
  }

  return {
    messages,
    read: (index) => readMessage(places, index),
    markSeen: (index) => void seen.add(index),
    remove: (indexes) => removeAll(places, indexes),
    close: () => (closing ??= close()),
  };
}

async function* readMessage(places: Places, index: number): AsyncGenerator<Uint8Array, void> {
  try {
    // The first chunk opens the file: from then on it can be read, whatever becomes of its name.
    const opened = await places.actOn(index, async (path) => {
      const chunks = readFile(path);
      return { chunks, first: await chunks.next() };
    });
    if (opened === gone) throw new MessageGone();
    const { chunks, first } = opened;
    if (first.done === true) return;
    try {
      yield first.value;
      yield* chunks;
    } finally {
      await chunks.return();
    }
  } catch (error) {
    throw error instanceof MessageGone ? error : new MessageUnreadable(error);
  }
}

async function removeAll(places: Places, indexes: readonly number[]): Promise<number> {
  const touched = new Set<string>();
  const failed = new Set<number>();
  await forEachIndex(indexes.length, atOnce, async (at) => {
    const index = indexes[at] ?? -1;
    try {
      const removed = await places.actOn(index, async (path, place) => {
        await unlink(path);
        return place;
      });
      if (removed === gone) return;
      touched.add(dirname(removed));
      places.moved(index, undefined);
    } catch {
      failed.add(index);
    }
  });
  const unsynced = await syncAll(places.folder, touched);
  return unsynced ? indexes.length : failed.size;
}

/** Resolves with whether a folder could not be put on disk: what was removed may come back then. */
async function syncAll(folder: string, names: Iterable<string>): Promise<boolean> {
  const syncs = await Promise.allSettled(
    Array.from(names, (name) => syncDirectory(join(folder, name))),
  );
  return syncs.some(({ status }) => status === "rejected");
}

/** A flag is a courtesy to other programs: where it cannot be set, that is nobody's loss. */
async function markAll(places: Places, indexes: readonly number[]): Promise<void> {
  if (indexes.length === 0) return;
  await mkdir(join(places.folder, "cur"), 0o700).catch(() => {}); // it is there, mostly
  const targets = new Set<Place>();
  await forEachIndex(indexes.length, atOnce, async (at) => {
    const mark = async (path: Buffer, place: Place) => {
      const target = seenPlaceOf(place);
      if (target === undefined || targets.has(target)) return;
      targets.add(target);
      try {
        // Messages that share a base must not take each other's place.
        const wanted = pathIn(places.folder, target);
        if (!(await exists(wanted))) await rename(path, wanted);
      } catch (error) {
        targets.delete(target); // the message may lie elsewhere now, and want it still
        throw error;
      }
    };
    await places.actOn(indexes[at] ?? -1, mark).catch(() => {});
  });
}

async function exists(path: Buffer): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => errorCode(error) !== "ENOENT",
  );
}
