// Rows that must be new.

import type { Compilable } from "kysely";
import type { Engine, Step } from "./engine.ts";
import { StoreError } from "./error.ts";
import { step } from "./template.ts";

/** Runs the insert, and what belongs to it; tells instead of throwing where a row with that key exists
 * already. */
export function insertNew(
  engine: Engine,
  insert: Compilable,
  more: readonly Step[] = [],
): Promise<"added" | "exists"> {
  return unlessConflict(engine.run([step(insert), ...more]));
}

/** Tells whether what was inserted is there now, or in the way of what was there. */
export async function unlessConflict(inserted: Promise<unknown>): Promise<"added" | "exists"> {
  try {
    await inserted;
    return "added";
  } catch (error) {
    if (error instanceof StoreError && error.kind === "conflict") return "exists";
    throw error;
  }
}
