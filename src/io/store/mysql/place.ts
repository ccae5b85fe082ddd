// Where the shared store is, and whom the server shall take us for.

import type { Endpoint } from "../../../core/config/settings.ts";

export interface MysqlPlace {
  /** A Unix socket's absolute path for a server on this machine. */
  readonly at: Endpoint | { readonly socket: string };
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Absent: in clear. The server must have a certificate for the host that we name. */
  readonly tls?: {
    /** The authorities that count, as PEM; absent: those of the runtime. */
    readonly ca?: string;
  };
}

/** For messages: without the password. */
export function namePlace({ at, user, database }: MysqlPlace): string {
  const where = "socket" in at ? at.socket : `${at.host}:${at.port}`;
  return `the store (database ${database}, user ${user}, at ${where})`;
}
