// What the relay table needs of the desk beside telling it of logins: to see what is open, and to take
// back what its rows have opened.

import type { Grant } from "../../core/grants/grant.ts";
import type { GrantDesk } from "./grants.ts";

export interface TableDesk extends GrantDesk {
  /** Those that let their clients relay now; UTC milliseconds. */
  live(): readonly Grant[];
  /** Ends grants at once; no login from before opens them again.
   * @param at UTC milliseconds */
  withdraw(ids: ReadonlySet<string>, at: number): void;
}
