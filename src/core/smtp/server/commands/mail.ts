// MAIL (RFC 5321 §4.1.1.2) with SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), REQUIRETLS (RFC
// 8689), AUTH (RFC 4954 §5), RET and ENVID (RFC 3461 §4).

import { parseAddress, type ReversePath } from "../../../mail/address.ts";
import { hasNonAscii } from "../../../mail/domain.ts";
import { type MessageRequest, readMessageRequest } from "../../../mail/notice-request.ts";
import { decodeXtext } from "../../../mail/xtext.ts";
import { bad, good, type Result } from "../../../result.ts";
import type { Reply } from "../../reply.ts";
import type { Command } from "../command.ts";
import { type Parameter, parsePathArgument } from "../parameters.ts";
import { offersNotices } from "../notices.ts";
import { replies } from "../replies.ts";
import { respond, fault, type Session, type SessionSettings } from "../state.ts";

export const mail: Command = {
  verb: "MAIL",
  phases: ["ready"],
  idle: false,
  handle(session, argument, settings) {
    if (session.phase.at !== "ready") return fault(session, replies.helloFirst);
    const parsed = parsePathArgument(argument, "FROM");
    if (parsed === undefined) return fault(session, replies.badMail);
    const options = readParameters(parsed.parameters, session, settings);
    if (!options.ok) return fault(session, options.problem);
    const sender = parseReversePath(parsed.path);
    if (sender === undefined) return fault(session, replies.badSenderAddress);
    if (hasNonAscii(parsed.path) && !options.value.smtputf8) {
      return fault(session, replies.addressNeedsSmtpUtf8);
    }
    const { tls, login, phase } = session;
    const { hello } = phase;
    const transaction = { hello, tls, login, sender, ...options.value, recipients: [] };
    return respond(session, { at: "transaction", transaction }, replies.senderOk);
  },
};

/** `<>` is nobody; undefined is no address at all. */
function parseReversePath(path: string): ReversePath | undefined {
  if (path === "") return null;
  const address = parseAddress(path);
  return address.ok ? address.value : undefined;
}

interface Options extends MessageRequest {
  readonly smtputf8: boolean;
  readonly requireTls: boolean;
}

function readParameters(
  parameters: readonly Parameter[],
  session: Session,
  settings: SessionSettings,
): Result<Options, Reply> {
  const { maxMessageSize, requireTls, auth } = settings;
  const seen = new Set<string>();
  let request: MessageRequest = {};
  for (const { keyword, value = "" } of parameters) {
    if (seen.has(keyword)) return bad(replies.badParameter(keyword));
    seen.add(keyword);
    switch (keyword) {
      case "SIZE":
        if (!/^[0-9]{1,20}$/.test(value)) return bad(replies.badParameter(keyword));
        if (Number(value) > maxMessageSize) return bad(replies.messageTooBig(maxMessageSize));
        break;
      case "BODY":
        // Taken for its syntax alone: what the message needs is seen from its octets.
        if (!/^(7BIT|8BITMIME)$/i.test(value)) return bad(replies.badParameter(keyword));
        break;
      case "SMTPUTF8":
        if (value !== "") return bad(replies.badParameter(keyword));
        break;
      case "REQUIRETLS":
        if (requireTls !== true) return bad(replies.unknownParameter(keyword));
        if (value !== "") return bad(replies.badParameter(keyword));
        if (session.tls === undefined) return bad(replies.requireTlsNeedsTls);
        break;
      case "AUTH":
        // Whom another server had logged in: we believe none, and need not say so (RFC 4954 §5).
        if (auth === undefined) return bad(replies.unknownParameter(keyword));
        if (decodeXtext(value) === undefined) return bad(replies.badParameter(keyword));
        break;
      default: {
        const read = offersNotices(session, settings)
          ? readMessageRequest(keyword, value)
          : undefined;
        if (read === undefined) return bad(replies.unknownParameter(keyword));
        if (!read.ok) return bad(replies.badParameter(keyword));
        request = { ...request, ...read.value };
      }
    }
  }
  return good({ ...request, smtputf8: seen.has("SMTPUTF8"), requireTls: seen.has("REQUIRETLS") });
}
