// The cdb file format: 256 pointers to hash tables, the records, the tables. All numbers are 32 bits,
// the lowest octet first.

import { bad, good, type Result } from "../result.ts";
import { stride, type Work } from "../work.ts";

export interface CdbRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

const tableCount = 256;
const pointersSize = tableCount * 8;

/** The records, in the order in which they were written; of two with one key the first counts. The
 * whole file is checked: a record that its table does not lead to would be there for some readers
 * and not for others. */
export function* readCdb(octets: Uint8Array): Work<Result<readonly CdbRecord[], string>> {
  const file = new CdbFile(octets);
  const damage = file.checkLayout();
  if (damage !== undefined) return bad(damage);
  const records: CdbRecord[] = [];
  let at = pointersSize;
  while (at < file.recordsEnd) {
    if (records.length % stride === 0) yield;
    const record = file.recordAt(at);
    if (record === undefined) return bad(`it is damaged: the record at octet ${at} is cut off`);
    if (!file.leadsTo(record.key, at)) {
      return bad(`it is damaged: its tables do not lead to the record at octet ${at}`);
    }
    records.push(record);
    at += 8 + record.key.length + record.value.length;
  }
  return good(records);
}

class CdbFile {
  readonly #octets: Uint8Array;
  readonly #view: DataView;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  /** The tables follow the records. */
  get recordsEnd(): number {
    return this.#tableOf(0).position;
  }

  /** What is wrong with the pointers; undefined where nothing is. */
  checkLayout(): string | undefined {
    const size = this.#octets.length;
    if (size < pointersSize) {
      return `a cdb has at least ${pointersSize} octets, and this file has ${size}`;
    }
    let expected = this.recordsEnd;
    if (expected < pointersSize) return "it is no cdb: its pointers lead nowhere";
    for (let table = 0; table < tableCount; table++) {
      const { position, slots } = this.#tableOf(table);
      if (position !== expected) return "it is no cdb: its pointers lead nowhere";
      expected += slots * 8;
    }
    if (expected > size) {
      return `it is cut off: ${expected} octets were written, and ${size} are there`;
    }
    return expected < size ? `it has ${size - expected} octets too many` : undefined;
  }

  recordAt(at: number): CdbRecord | undefined {
    const end = this.recordsEnd;
    if (at + 8 > end) return undefined;
    const key = at + 8;
    const value = key + this.#view.getUint32(at, true);
    const next = value + this.#view.getUint32(at + 4, true);
    if (next > end) return undefined;
    return { key: this.#octets.subarray(key, value), value: this.#octets.subarray(value, next) };
  }

  /** Whether a look-up of the key comes by the record at `at`. */
  leadsTo(key: Uint8Array, at: number): boolean {
    const hash = cdbHash(key);
    const { position, slots } = this.#tableOf(hash % tableCount);
    for (let tries = 0; tries < slots; tries++) {
      const slot = position + (((hash >>> 8) + tries) % slots) * 8;
      const record = this.#view.getUint32(slot + 4, true);
      if (record === 0) return false;
      if (record === at) return this.#view.getUint32(slot, true) === hash;
    }
    return false;
  }

  #tableOf(table: number): { readonly position: number; readonly slots: number } {
    return {
      position: this.#view.getUint32(table * 8, true),
      slots: this.#view.getUint32(table * 8 + 4, true),
    };
  }
}

/** The file, octet by octet as cdbmake writes it. */
export function writeCdb(records: readonly CdbRecord[]): Uint8Array {
  const content = records.reduce((size, { key, value }) => size + 8 + key.length + value.length, 0);
  const octets = new Uint8Array(pointersSize + content + records.length * 16);
  const view = new DataView(octets.buffer);
  const tables = Array.from({ length: tableCount }, (): [hash: number, at: number][] => []);
  let at = pointersSize;
  for (const { key, value } of records) {
    const hash = cdbHash(key);
    tables[hash % tableCount]?.push([hash, at]);
    view.setUint32(at, key.length, true);
    view.setUint32(at + 4, value.length, true);
    octets.set(key, at + 8);
    octets.set(value, at + 8 + key.length);
    at += 8 + key.length + value.length;
  }
  for (const [index, entries] of tables.entries()) {
    const slots = entries.length * 2;
    view.setUint32(index * 8, at, true);
    view.setUint32(index * 8 + 4, slots, true);
    for (const [hash, record] of entries) fillSlot(view, at, slots, [hash, record]);
    at += slots * 8;
  }
  return octets;
}

function fillSlot(
  view: DataView,
  table: number,
  slots: number,
  [hash, record]: readonly [number, number],
): void {
  let slot = (hash >>> 8) % slots;
  while (view.getUint32(table + slot * 8 + 4, true) !== 0) slot = (slot + 1) % slots;
  view.setUint32(table + slot * 8, hash, true);
  view.setUint32(table + slot * 8 + 4, record, true);
}

/** The hash by which a key is found in its table (https://cr.yp.to/cdb/cdb.txt). */
export function cdbHash(key: Uint8Array): number {
  let hash = 5381;
  for (const octet of key) hash = ((hash * 33) ^ octet) >>> 0;
  return hash;
}
