// What an operator does about what the server or the system says, with the statements in full.

import { errorText } from "../../../core/error-text.ts";
import { errorCode } from "../../error-code.ts";
import type { MysqlPlace } from "./place.ts";

/** Undefined where there is nothing to say beyond the kind of the problem. */
export function remedyOf(error: unknown, place: MysqlPlace): string | undefined {
  switch (errorCode(error)) {
    case "ENOTFOUND":
      return "there is no host of that name; see to `store` in the configuration";
    case "ENOENT":
      return "nothing listens on that socket; is the server running?";
    case "ECONNREFUSED":
      return "nothing listens there; is the server running, and on that port?";
    case "ER_BAD_DB_ERROR":
      return `there is no such database; create it: CREATE DATABASE ${nameOf(place.database)}, or correct the name`;
    case "ER_DBACCESS_DENIED_ERROR":
      return `there is no such database, or the user may not use it; grant it: ${grantFor(error, place)}, or correct the name`;
    case "ER_TABLEACCESS_DENIED_ERROR":
      return `the user lacks rights on the tables; grant them: ${grantFor(error, place)}`;
    case "ER_ACCESS_DENIED_ERROR":
      return "the server does not know that user with that password";
    case "ER_NET_PACKET_TOO_LARGE":
      return "a part of a message is larger than its max_allowed_packet; set 16M";
    default:
      return undefined;
  }
}

function grantFor(error: unknown, { database, user }: MysqlPlace): string {
  // The server names the account as it knows it, with the hosts that it holds for.
  const host = /'@'([^']+)'/.exec(errorText(error))?.[1] ?? "%";
  return `GRANT ALL ON ${nameOf(database)}.* TO ${textOf(user)}@${textOf(host)}`;
}

const plain = /^[a-z_][a-z0-9_]*$/i;

function nameOf(name: string): string {
  return plain.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}

function textOf(text: string): string {
  return plain.test(text) ? text : `'${text.replaceAll(/['\\]/g, (octet) => `\\${octet}`)}'`;
}
