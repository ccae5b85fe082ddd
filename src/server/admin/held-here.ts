// What an operator changes holds at once in the memory of a server; where the store does not take it,
// that is said with the error.

import { StoreError } from "../../io/store/error.ts";

/** @param kept settles once the store has it, or does not take it
 * @throws {StoreError} of the same kind */
export async function heldHere<Result>(kept: Promise<Result>): Promise<Result> {
  try {
    return await kept;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError({
      kind: error.kind,
      message: `it holds here now, and is not written: a restart of the server would forget it, unless the store takes it before (${error.message})`,
    });
  }
}
