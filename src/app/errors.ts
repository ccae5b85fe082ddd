// What ends a command, and the exit code that it means (docs/design.md, command line).

/** The usage or the configuration is wrong: exit 2. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/** Not now: exit 75 (EX_TEMPFAIL). */
export class TryLaterError extends Error {
  override readonly name = "TryLaterError";
}

export const exitCodes = { done: 0, no: 1, usage: 2, tryLater: 75 } as const;
