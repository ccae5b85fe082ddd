// HELO and EHLO (RFC 5321 §4.1.1.1). Either one also ends a transaction that is open.

import type { Reply } from "../../reply.ts";
import { anyCommandPhase, type Command } from "../command.ts";
import { abandonMessage } from "../abandon.ts";
import { offersNotices } from "../notices.ts";
import { replies, welcome } from "../replies.ts";
import { offeredTo } from "../../../sasl/offer.ts";
import { timingOffers } from "../timing.ts";
import { respond, fault, type Session, type SessionSettings } from "../state.ts";

export const helo: Command = hello("HELO", (_session, { hostname }) => welcome(hostname));
export const ehlo: Command = hello("EHLO", offers);

type Welcoming = (session: Session, settings: SessionSettings) => Reply;

function hello(verb: "HELO" | "EHLO", welcomes: Welcoming): Command {
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
        respond(session, { at: "ready", hello: name }, welcomes(session, settings)),
      );
    },
  };
}

/** The extensions that we offer, each a line of the EHLO reply. */
function offers(session: Session, settings: SessionSettings): Reply {
  const { tls } = session;
  const { hostname, maxMessageSize, maxRecipients, startTls, requireTls, auth } = settings;
  const mechanisms = auth === undefined ? [] : offeredTo(tls, auth);
  return welcome(hostname, [
    "PIPELINING", // RFC 2920
    `SIZE ${maxMessageSize}`, // RFC 1870
    "8BITMIME", // RFC 6152
    "SMTPUTF8", // RFC 6531
    "CHUNKING", // RFC 3030
    "ENHANCEDSTATUSCODES", // RFC 2034
    `LIMITS RCPTMAX=${maxRecipients}`, // RFC 9422
    ...(offersNotices(session, settings) ? ["DSN"] : []), // RFC 3461
    ...timingOffers(session, settings), // RFC 6710, RFC 2852, RFC 4865
    ...(startTls === true && tls === undefined ? ["STARTTLS"] : []), // RFC 3207
    ...(requireTls === true && tls !== undefined ? ["REQUIRETLS"] : []), // RFC 8689
    ...(mechanisms.length > 0 ? [`AUTH ${mechanisms.map(({ name }) => name).join(" ")}`] : []), // RFC 4954
  ]);
}
