// The command table: every verb that the server knows, where it is allowed, and who handles it.

import { anyCommandPhase, type Command } from "./command.ts";
import { auth } from "./commands/auth.ts";
import { bdat } from "./commands/bdat.ts";
import { data } from "./commands/data.ts";
import { ehlo, helo } from "./commands/hello.ts";
import { mail } from "./commands/mail.ts";
import { rcpt } from "./commands/rcpt.ts";
import { expn, noop, quit, rset, vrfy } from "./commands/small.ts";
import { starttls } from "./commands/starttls.ts";
import { replies } from "./replies.ts";
import { respond, type SessionSettings } from "./state.ts";

const help: Command = {
  verb: "HELP",
  phases: anyCommandPhase,
  idle: true,
  handle(session, _argument, settings) {
    const verbs = [...commands.keys()].filter((verb) => findCommand(verb, settings));
    return respond(session, session.phase, replies.help(verbs));
  },
};

/** A Map, so that a verb such as `constructor` finds nothing. */
export const commands: ReadonlyMap<string, Command> = new Map(
  [helo, ehlo, starttls, auth, mail, rcpt, data, bdat, rset, noop, vrfy, expn, help, quit].map(
    (command) => [command.verb, command],
  ),
);

/** @param verb in capitals. */
export function findCommand(verb: string, settings: SessionSettings): Command | undefined {
  const command = commands.get(verb);
  return command?.isOffered?.(settings) === false ? undefined : command;
}
