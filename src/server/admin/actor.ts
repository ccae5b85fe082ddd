// Who has something done, and by which way: each act is written down with it.

import type { IpAddress } from "../../core/mail/ip.ts";

export interface Actor {
  readonly via: "command" | "page" | "api";
  /** The operator, or the token; of a command the user of the system who called it. */
  readonly name: string;
  /** Where the request came from; absent for commands. */
  readonly client?: IpAddress;
}
