// What can go wrong with the store, sorted by what the caller does about it.

/**
 * - `full`: no space left; goes on by itself when there is some.
 * - `locked`: another process has the store open, or the place in it that is ours.
 * - `unavailable`: the database server is away or too busy; goes on by itself when it is back. What
 *   was under way may have been kept all the same.
 * - `damaged`: the file is no store, or holds pages that make no sense; nothing more is written.
 * - `unsynced`: the disk refused a sync; nothing more is written until the program starts again.
 * - `failed`: any other failed read or write; the next unit tries again.
 * - `newer`: a later version of the program wrote the store.
 * - `conflict`: a row with that key exists; only this unit failed.
 * - `refused`: the engine cannot carry out the statement: a bug; only this unit failed.
 * - `missing`: a message's content was asked for that is not (or no longer) there.
 * - `closed`: the store was closed before.
 */
export type StoreProblemKind =
  | "full"
  | "locked"
  | "unavailable"
  | "damaged"
  | "unsynced"
  | "failed"
  | "newer"
  | "conflict"
  | "refused"
  | "missing"
  | "closed";

/** As plain data, so that it can cross from one thread to another. */
export interface StoreProblem {
  readonly kind: StoreProblemKind;
  /** For people: what happened, where, what to do next. */
  readonly message: string;
}

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: StoreProblemKind;

  constructor({ kind, message }: StoreProblem) {
    super(message);
    this.kind = kind;
  }

  /** It may go by itself: whoever tries again later may have more luck. */
  get passes(): boolean {
    return passing.has(this.kind);
  }
}

const passing: ReadonlySet<StoreProblemKind> = new Set(["full", "locked", "unavailable"]);
