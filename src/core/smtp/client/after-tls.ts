// What follows once it is decided whether there is TLS: the promise of RFC 8689, then the login.

import { takeLeave } from "./ending.ts";
import type { Extensions } from "./extensions.ts";
import type { Failure } from "./failure.ts";
import { startLogin } from "./login.ts";
import { isAuthenticated, type Opening } from "./opening.ts";
import { ready } from "./ready.ts";
import type { ClientOutput, Step } from "./session-values.ts";

/** @param before what is to be told first. */
export function afterTls(
  opening: Opening,
  extensions: Extensions,
  ...before: readonly ClientOutput[]
): Step {
  const { requireTls, login } = opening.options;
  if (requireTls === true && !(isAuthenticated(opening) && extensions.requireTls)) {
    return takeLeave(...before, { kind: "host-failed", why: noPromise });
  }
  if (login !== undefined) return startLogin(opening, login, extensions, ...before);
  return ready(opening, extensions, ...before);
}

/** RFC 8689 §4.2.1. */
const noPromise: Failure = {
  kind: "local",
  status: "5.7.30",
  text: "its sender requires TLS all the way (REQUIRETLS), and the host does not promise to go on so",
};
