// One look-up in a cdb file (https://cr.yp.to/cdb/cdb.txt), as its inventor meant it: a few short reads,
// however large the file is. Numbers are 32 bits, the lowest octet first.

import type { FileHandle } from "node:fs/promises";
import { cdbHash } from "../../core/rules/cdb.ts";

/** The file is no cdb, or was cut off. */
export class DamagedCdb extends Error {
  override readonly name = "DamagedCdb";
}

/** More octets than any record of ours has; a length beyond it is damage. */
const longestRecord = 65_536;

/**
 * The value of the first record with this key.
 * @throws {DamagedCdb}
 */
export async function findInCdb(file: FileHandle, key: Uint8Array): Promise<Buffer | undefined> {
  const hash = cdbHash(key);
  const pointer = await read(file, (hash % 256) * 8, 8);
  const [position, slots] = [pointer.readUInt32LE(0), pointer.readUInt32LE(4)];
  // A table is at most half full, so a chain ends; one that does not is damage.
  for (let tries = 0; tries < slots; tries++) {
    // oxlint-disable-next-line no-await-in-loop -- each read says whether there is a next one
    const slot = await read(file, position + (((hash >>> 8) + tries) % slots) * 8, 8);
    const at = slot.readUInt32LE(4);
    if (at === 0) return undefined;
    if (slot.readUInt32LE(0) !== hash) continue;
    // oxlint-disable-next-line no-await-in-loop
    const value = await valueAt(file, at, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Undefined where the record has another key with the same hash. */
async function valueAt(file: FileHandle, at: number, key: Uint8Array): Promise<Buffer | undefined> {
  const lengths = await read(file, at, 8);
  const [keyLength, valueLength] = [lengths.readUInt32LE(0), lengths.readUInt32LE(4)];
  if (keyLength !== key.length) return undefined;
  if (valueLength > longestRecord) throw new DamagedCdb("it has a record that is too long");
  const record = await read(file, at + 8, keyLength + valueLength);
  return record.subarray(0, keyLength).equals(key) ? record.subarray(keyLength) : undefined;
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new DamagedCdb(`it ends before octet ${position + length}`);
  return buffer;
}
