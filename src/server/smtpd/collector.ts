// Gathers a message's octets while they arrive. A small message stays in memory whole; of a large
// one, full chunks go to the store at once, so that memory stays bounded whatever the size.

import type { MemoryBudget } from "../memory.ts";

/** Octets of a full chunk. */
const chunkSize = 256 * 1024;
/** Room that a message begins with: most messages fit. */
const firstSize = 8 * 1024;
/** Chunks on their way to the store before the client has to wait. */
const chunksUnderWay = 2;

export interface CollectorOptions {
  readonly budget: MemoryBudget;
  /** Stores one chunk; called with 1, 2, 3… */
  readonly stash: (sequence: number, chunk: Uint8Array<ArrayBuffer>) => Promise<void>;
  /** `isFull` has become false again. */
  readonly onDrain: () => void;
}

type CollectorProblem =
  /** The memory budget is used up. */
  | { readonly kind: "memory" }
  | { readonly kind: "discarded" }
  | { readonly kind: "store"; readonly error: unknown };

export interface Collector {
  /** Copies the octets. After a problem it drops them. */
  take(octets: Uint8Array): void;
  /** The client should send no more for now. */
  isFull(): boolean;
  /** Waits for what is under way. Then `rest` holds what was not stashed. */
  finish(): Promise<Collected>;
  /** Gives back the memory that `finish` has not handed over. */
  discard(): void;
}

export interface Collected {
  readonly problem: CollectorProblem | undefined;
  readonly stashed: number;
  readonly rest: readonly Uint8Array<ArrayBuffer>[];
  /** Octets of the budget that `rest` holds: the caller's to release now. */
  readonly reserved: number;
}

export function createCollector({ budget, stash, onDrain }: CollectorOptions): Collector {
  let buffer: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let used = 0;
  let reserved = 0;
  let stashed = 0;
  let first: Promise<void> | undefined;
  let problem: CollectorProblem | undefined;
  const underWay = new Set<Promise<void>>();

  function grow(wanted: number): boolean {
    const size = Math.min(chunkSize, Math.max(firstSize, buffer.length * 2, wanted));
    if (!budget.reserve(size - buffer.length)) {
      problem = { kind: "memory" };
      return false;
    }
    reserved += size - buffer.length;
    // Not cleared first: only what was written is ever handed out.
    const larger = Buffer.allocUnsafeSlow(size);
    larger.set(buffer.subarray(0, used));
    buffer = larger;
    return true;
  }

  /** Hands the full buffer to the store and goes on with none. Its memory counts until stored. */
  function send(): void {
    const chunk = buffer;
    buffer = new Uint8Array(0);
    used = 0;
    reserved -= chunk.length;
    const sequence = ++stashed;
    // The store notes with the first that they are half a message: none may be there before it.
    const kept =
      first === undefined ? stash(sequence, chunk) : first.then(() => stash(sequence, chunk));
    first ??= kept;
    const stored: Promise<void> = kept
      .catch((error: unknown) => {
        problem ??= { kind: "store", error };
      })
      .finally(() => {
        budget.release(chunk.length);
        const wasFull = underWay.size >= chunksUnderWay;
        underWay.delete(stored);
        if (wasFull && underWay.size < chunksUnderWay) onDrain();
      });
    underWay.add(stored);
  }

  function release(): number {
    const octets = reserved;
    reserved = 0;
    buffer = new Uint8Array(0);
    return octets;
  }

  return {
    take(octets) {
      let at = 0;
      while (at < octets.length && problem === undefined) {
        if (used === buffer.length && !grow(used + octets.length - at)) return;
        const part = octets.subarray(at, at + buffer.length - used);
        buffer.set(part, used);
        used += part.length;
        at += part.length;
        if (used === chunkSize) send();
      }
    },
    isFull() {
      return underWay.size >= chunksUnderWay;
    },
    async finish() {
      if (underWay.size > 0) await Promise.all(underWay);
      const rest = used === 0 ? [] : [buffer.subarray(0, used)];
      return { problem, stashed, rest, reserved: release() };
    },
    discard() {
      problem ??= { kind: "discarded" };
      budget.release(release());
    },
  };
}
