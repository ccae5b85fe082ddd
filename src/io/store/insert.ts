// Rows that must be new.

import type { Compilable } from "kysely";
import type { Engine } from "./engine.ts";
import { StoreError } from "./error.ts";
import { step } from "./template.ts";

/** Runs the insert; tells instead of throwing where a row with that key exists already. */
export async function insertNew(engine: Engine, insert: Compilable): Promise<"added" | "exists"> {
  try {
    await engine.run([step(insert)]);
    return "added";
  } catch (error) {
    if (error instanceof StoreError && error.kind === "conflict") return "exists";
    throw error;
  }
}
