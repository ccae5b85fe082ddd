// RCPT (RFC 5321 §4.1.1.3). Whether the recipient may have the message is asked of the server.

import { type Address, parseAddress } from "../../../mail/address.ts";
import { hasNonAscii } from "../../../mail/domain.ts";
import type { Command } from "../command.ts";
import { parsePathArgument } from "../parameters.ts";
import { replies } from "../replies.ts";
import { respond, ask, fault } from "../state.ts";

export const rcpt: Command = {
  verb: "RCPT",
  phases: ["transaction"],
  idle: false,
  handle(session, argument, settings) {
    if (session.phase.at !== "transaction") return fault(session, replies.mailFirst);
    const { transaction } = session.phase;
    const parsed = parsePathArgument(argument, "TO");
    if (parsed === undefined) return fault(session, replies.badRcpt);
    const unknown = parsed.parameters[0];
    if (unknown !== undefined) return fault(session, replies.unknownParameter(unknown.keyword));
    const recipient = parseForwardPath(parsed.path, settings.hostname);
    if (recipient === undefined) return fault(session, replies.badRecipientAddress);
    if (hasNonAscii(parsed.path) && !transaction.smtputf8) {
      return fault(session, replies.addressNeedsSmtpUtf8);
    }
    if (transaction.recipients.length >= settings.maxRecipients) {
      return respond(session, session.phase, replies.tooManyRecipients);
    }
    return ask(session, { kind: "recipient", transaction, recipient });
  },
};

/** `<postmaster>` without a domain is this host's postmaster (RFC 5321 §4.1.1.3). */
function parseForwardPath(path: string, hostname: string): Address | undefined {
  const text = path.toLowerCase() === "postmaster" ? `${path}@${hostname}` : path;
  const address = parseAddress(text);
  return address.ok ? address.value : undefined;
}
