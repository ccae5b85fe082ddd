// Where the messages of an open mailbox lie now. Other programs move them from `new` to `cur` and change
// their flags at any time; each is found again by the base of its name.

import { stride, type Work } from "../../core/work.ts";
import { errorCode } from "../error-code.ts";
import { runInSlices } from "../process/slices.ts";
import { walks, walkThrough } from "./list.ts";
import { baseOf, type Place } from "./message-name.ts";
import { pathIn } from "./read-file.ts";
import { createSharedRuns } from "./shared-runs.ts";

/** What became of an act on a message that other programs have removed. */
export const gone = Symbol("gone");

/** How often a message is looked for that is renamed each time before it is reached. */
const attempts = 5;

export class Places {
  readonly folder: string;
  /** Undefined for those that are gone. */
  readonly #places: (Place | undefined)[];
  readonly #refresh: (folder: string) => Promise<void>;
  /** Made when something has to be found again. */
  #indexes: ReadonlyMap<string, number> | undefined;

  /** @param places in order */
  constructor(folder: string, places: readonly Place[]) {
    this.folder = folder;
    this.#places = [...places];
    this.#refresh = createSharedRuns(() => this.#findAgain());
  }

  /** In order; undefined for those that are gone. */
  get all(): readonly (Place | undefined)[] {
    return this.#places;
  }

  /** How many there were at first. */
  get count(): number {
    return this.#places.length;
  }

  at(index: number): Place | undefined {
    return this.#places[index];
  }

  /** Acts on a message where it lies. `gone` where it is nowhere; otherwise what the act said. Rejects
   * where it moves too fast to be reached, and with what the act rejects with. */
  async actOn<Value>(
    index: number,
    act: (path: Buffer, place: Place) => Promise<Value>,
  ): Promise<Value | typeof gone> {
    for (let attempt = 1; ; attempt++) {
      const place = this.#places[index];
      if (place === undefined) return gone;
      try {
        // oxlint-disable-next-line no-await-in-loop
        return await act(pathIn(this.folder, place), place);
      } catch (error) {
        if (errorCode(error) !== "ENOENT") throw error;
      }
      if (attempt === attempts) throw new Error("other programs rename it again and again");
      if (this.#places[index] !== place) continue; // another act has had it found already
      // oxlint-disable-next-line no-await-in-loop
      await this.#refresh(this.folder);
      if (this.#isShared(place)) return gone;
    }
  }

  /** The message lies elsewhere now, or nowhere, by an act of ours. */
  moved(index: number, place: Place | undefined): void {
    this.#places[index] = place;
  }

  /** Whether other messages have the same base: such a one is found at its own place only. */
  #isShared(place: Place): boolean {
    return this.#indexes?.has(baseOf(place)) === false;
  }

  async #findAgain(): Promise<void> {
    this.#indexes ??= await runInSlices(indexesByBase(this.#places));
    const indexes = this.#indexes;
    const met = new Uint8Array(this.#places.length);
    const visit = (place: Place) => {
      const index = indexes.get(baseOf(place));
      if (index !== undefined && this.#places[index] !== undefined) {
        this.#places[index] = place;
        met[index] = 1;
      }
      return true;
    };
    for (let walk = 1; walk <= walks; walk++) {
      // oxlint-disable-next-line no-await-in-loop
      if (await walkThrough(this.folder, visit)) return runInSlices(this.#forget(indexes, met));
    }
    // The mailbox did not rest: what was not met may have been renamed each time, and is not given up.
  }

  *#forget(indexes: ReadonlyMap<string, number>, met: Uint8Array): Work<void> {
    let count = 0;
    for (const index of indexes.values()) {
      if (met[index] === 0) this.#places[index] = undefined;
      if (++count % stride === 0) yield;
    }
  }
}

/** Without the bases that several messages share. */
export function* indexesByBase(
  places: readonly (Place | undefined)[],
): Work<ReadonlyMap<string, number>> {
  const indexes = new Map<string, number>();
  const shared = new Set<string>();
  for (const [index, place] of places.entries()) {
    if (index % stride === 0) yield;
    if (place === undefined) continue;
    const base = baseOf(place);
    if (indexes.has(base)) shared.add(base);
    indexes.set(base, index);
  }
  for (const base of shared) indexes.delete(base);
  return indexes;
}
