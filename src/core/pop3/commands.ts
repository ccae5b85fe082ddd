// The command table: every verb that the server knows, where it is allowed, and who handles it.

import type { Command } from "./command.ts";
import { auth } from "./commands/auth.ts";
import { capa } from "./commands/capa.ts";
import { dele, quit, rset } from "./commands/delete.ts";
import { list, stat, uidl } from "./commands/listing.ts";
import { retr, top } from "./commands/retrieve.ts";
import { noop, utf8 } from "./commands/small.ts";
import { stls } from "./commands/stls.ts";
import { pass, user } from "./commands/user.ts";

/** A Map, so that a verb such as `constructor` finds nothing. */
export const commands: ReadonlyMap<string, Command> = new Map(
  [capa, stls, utf8, user, pass, auth, stat, list, uidl, retr, top, dele, rset, noop, quit].map(
    (command) => [command.verb, command],
  ),
);
