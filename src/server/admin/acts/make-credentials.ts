// Makes what is kept of a new password: a few at once, for each takes a core for a while.

import { makeCredentials } from "../../../io/password/credentials.ts";
import { createGate } from "../../../io/process/gate.ts";
import type { ActTools } from "./act.ts";

/** The text says why it cannot be a password. */
export class UnfitPasswordError extends Error {
  override readonly name = "UnfitPasswordError";
}

/** Too much is to be done; nothing was. */
export class BusyError extends Error {
  override readonly name = "BusyError";
}

/** An import brings so many. */
const bounds = { places: 1, waiting: 120, patience: 25_000 };

export function createCredentialMaker(): ActTools["makeCredentials"] {
  const gate = createGate(bounds);
  return async (password) => {
    const made = await gate.run(() => makeCredentials(password));
    if (!made.ok) throw new BusyError("too many passwords are in work; try again in a few seconds");
    if (!made.value.ok) throw new UnfitPasswordError(made.value.problem);
    return made.value.value;
  };
}
