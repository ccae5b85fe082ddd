import { mechanisms } from "../sasl/mechanisms.ts";

/** Words of an AUTH command that may be seen: its mechanism, where it is one. Behind it may stand the
 * first part of the login; and in its place too, where somebody has forgotten it. */
export function authWords(mechanism: string | undefined): number {
  return mechanisms.has((mechanism ?? "").toUpperCase()) ? 2 : 1;
}
