// What one line of another server's log tells of logins to read mail.

import type { IpAddress } from "../../mail/ip.ts";

export type LogEvent =
  | {
      readonly kind: "login";
      readonly client: IpAddress;
      /** As the line has it; undefined where it names nobody. */
      readonly account: string | undefined;
      /** By what lines about its end name the session, best first; empty where no line tells of it. */
      readonly session: readonly string[];
      /** No two sessions go by the first of these names at once: who comes again under it has ended the
       * session before. */
      readonly alone: boolean;
    }
  | { readonly kind: "logout"; readonly session: string }
  /** The other server has started anew: no session of before is left. */
  | { readonly kind: "restart" };

/** Reads one line, without its end. Undefined for whatever else is logged, and for whatever only looks
 * like a login: a line is written by the server, but much of what stands in it is written by strangers. */
export type LogFormat = (line: string) => LogEvent | undefined;

/** The longest line that is read, in octets: no login needs as many, and no pattern is tried on more. */
export const longestLine = 2_000;
