// What an operator can have done by a running server. Arguments and results are plain JSON.

import type { BlocklistOperations } from "../blocklists/operations.ts";
import type { Operations } from "./operations.ts";

/** What a running server can do beyond what can be done without one. */
export interface ServerOperations extends Operations, BlocklistOperations {
  /** Returns what cannot change while the server runs. */
  reload(): Promise<readonly string[]>;
}
