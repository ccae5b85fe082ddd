// Log lines that a stranger can bring about as often as it likes: one a minute of each kind, with the
// number of those that were left out.

import type { Log } from "./log.ts";

export type WarnRarely = (fields: RareFields, text: string) => void;

interface RareFields {
  readonly event: string;
  readonly [more: string]: unknown;
}

/** @param elapsed monotonic milliseconds. */
export function createRareLog(log: Log, elapsed: () => number, every = 60_000): WarnRarely {
  const kinds = new Map<string, { next: number; omitted: number }>();
  return (fields, text) => {
    const kind = kinds.get(fields.event) ?? { next: -Infinity, omitted: 0 };
    kinds.set(fields.event, kind);
    if (elapsed() < kind.next) {
      kind.omitted++;
      return;
    }
    log.warn({ ...fields, ...(kind.omitted > 0 && { omitted: kind.omitted }) }, text);
    kind.next = elapsed() + every;
    kind.omitted = 0;
  };
}
