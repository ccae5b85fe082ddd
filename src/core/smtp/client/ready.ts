import { becomeIdle } from "./ending.ts";
import type { Extensions } from "./extensions.ts";
import { isAuthenticated, type Opening } from "./opening.ts";
import type { ClientOutput, Step } from "./session-values.ts";

/** All that the session had to come by is there: mail can go. */
export function ready(
  opening: Opening,
  extensions: Extensions,
  ...before: readonly ClientOutput[]
): Step {
  const keepsRequireTls = isAuthenticated(opening) && extensions.requireTls;
  return becomeIdle({ extensions, keepsRequireTls, messages: 0, open: false }, ...before);
}
