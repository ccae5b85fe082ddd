// RCPT (RFC 5321 §4.1.1.3) with NOTIFY and ORCPT (RFC 3461 §4). Whether the recipient may have the message is asked of the server.

import { type Address, parseAddress } from "../../../mail/address.ts";
import { hasNonAscii } from "../../../mail/domain.ts";
import { type RecipientRequest, readRecipientRequest } from "../../../mail/notice-request.ts";
import { bad, good, type Result } from "../../../result.ts";
import type { Reply } from "../../reply.ts";
import type { Command } from "../command.ts";
import { offersNotices } from "../notices.ts";
import { type Parameter, parsePathArgument } from "../parameters.ts";
import { replies } from "../replies.ts";
import { respond, ask, fault, type Session, type SessionSettings } from "../state.ts";

export const rcpt: Command = {
  verb: "RCPT",
  phases: ["transaction"],
  idle: false,
  handle(session, argument, settings) {
    if (session.phase.at !== "transaction") return fault(session, replies.mailFirst);
    const { transaction } = session.phase;
    const parsed = parsePathArgument(argument, "TO");
    if (parsed === undefined) return fault(session, replies.badRcpt);
    const request = readParameters(parsed.parameters, transaction.smtputf8, session, settings);
    if (!request.ok) return fault(session, request.problem);
    const recipient = parseForwardPath(parsed.path, settings.hostname);
    if (recipient === undefined) return fault(session, replies.badRecipientAddress);
    if (hasNonAscii(parsed.path) && !transaction.smtputf8) {
      return fault(session, replies.addressNeedsSmtpUtf8);
    }
    if (transaction.recipients.length >= settings.maxRecipients) {
      return respond(session, session.phase, replies.tooManyRecipients);
    }
    return ask(session, { kind: "recipient", transaction, recipient, request: request.value });
  },
};

function readParameters(
  parameters: readonly Parameter[],
  smtputf8: boolean,
  session: Session,
  settings: SessionSettings,
): Result<RecipientRequest, Reply> {
  const seen = new Set<string>();
  let request: RecipientRequest = {};
  for (const { keyword, value = "" } of parameters) {
    const read = offersNotices(session, settings)
      ? readRecipientRequest(keyword, value, smtputf8)
      : undefined;
    if (read === undefined) return bad(replies.unknownParameter(keyword));
    if (!read.ok || seen.has(keyword)) return bad(replies.badParameter(keyword));
    seen.add(keyword);
    request = { ...request, ...read.value };
  }
  return good(request);
}

/** `<postmaster>` without a domain is this host's postmaster (RFC 5321 §4.1.1.3). */
function parseForwardPath(path: string, hostname: string): Address | undefined {
  const text = path.toLowerCase() === "postmaster" ? `${path}@${hostname}` : path;
  const address = parseAddress(text);
  return address.ok ? address.value : undefined;
}
