// HELO and EHLO (RFC 5321 §4.1.1.1). Either one also ends a transaction that is open.

import { reply, type Reply } from "../../reply.ts";
import { anyCommandPhase, type Command } from "../command.ts";
import { abandonMessage } from "../abandon.ts";
import { replies } from "../replies.ts";
import { respond, fault, type SessionSettings } from "../state.ts";

export const helo: Command = hello("HELO", (settings) => reply(250, "", settings.hostname));
export const ehlo: Command = hello("EHLO", offers);

function hello(verb: "HELO" | "EHLO", welcome: (settings: SessionSettings) => Reply): Command {
  return {
    verb,
    phases: anyCommandPhase,
    idle: true,
    handle(session, argument, settings) {
      // Whatever the client calls itself is let through: printers and scanners call themselves
      // many things, and nothing is decided by it.
      if (argument === "" || /\s/.test(argument) || argument.length > 255) {
        return fault(session, replies.badHello(verb));
      }
      const name = { name: argument, extended: verb === "EHLO" };
      return abandonMessage(
        session,
        respond(session, { at: "ready", hello: name }, welcome(settings)),
      );
    },
  };
}

/** The extensions that we offer, each a line of the EHLO reply. */
function offers({ hostname, maxMessageSize, maxRecipients }: SessionSettings): Reply {
  return reply(
    250,
    "",
    hostname,
    "PIPELINING", // RFC 2920
    `SIZE ${maxMessageSize}`, // RFC 1870
    "8BITMIME", // RFC 6152
    "SMTPUTF8", // RFC 6531
    "CHUNKING", // RFC 3030
    "ENHANCEDSTATUSCODES", // RFC 2034
    `LIMITS RCPTMAX=${maxRecipients}`, // RFC 9422
  );
}
