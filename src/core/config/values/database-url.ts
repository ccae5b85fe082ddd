// Where a MySQL or MariaDB server is and whom it shall take us for, as a configuration writes it:
// `mysql://user@host/database`. Its password is a secret, and stands elsewhere.

import { bad, good, type Result } from "../../result.ts";
import { unfit } from "../problem.ts";
import type { Endpoint } from "../settings.ts";
import { type EndpointKind, readEndpoint } from "./endpoint.ts";

/** What to write, for messages. */
export const databaseUrlExpected =
  'mysql://USER@HOST/DATABASE in quotes, such as "mysql://vpopmail@127.0.0.1/vpopmail", or with ' +
  "?socket=PATH behind it for a server's Unix socket";

export interface DatabaseUrl {
  /** A Unix socket's absolute path for a server on this machine. */
  readonly at: Endpoint | { readonly socket: string };
  readonly user: string;
  readonly database: string;
}

const shape =
  /^mysql:\/\/(?<user>[^\s:@/?#]+)@(?<host>[^\s@/?#]+)\/(?<database>[\w$-]+)(?:\?socket=(?<socket>\/[^\s?#]+))?$/;

const host: EndpointKind = {
  hosts: "addresses and names",
  lowestPort: 1,
  defaultPort: 3306,
  expected: databaseUrlExpected,
};

/** Reads a database's URL, or says what is wrong with it. */
export function readDatabaseUrl(text: string): Result<DatabaseUrl, string> {
  // Not shown: there may be a password in it.
  if (/^[a-z]+:\/\/[^/]*:.*@/i.test(text)) {
    return bad("a password does not belong in the configuration; write it into a file of its own");
  }
  const found = shape.exec(text)?.groups;
  if (found === undefined) return bad(unfit(text, databaseUrlExpected));
  const { user = "", database = "", socket } = found;
  if (socket !== undefined) return good({ at: { socket }, user, database });
  const endpoint = readEndpoint(found["host"] ?? "", host);
  return endpoint.ok ? good({ at: endpoint.value, user, database }) : endpoint;
}
