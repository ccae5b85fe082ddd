// MAIL (RFC 5321 §4.1.1.2); its parameters are in mail-parameters.ts.

import { parseAddress, type ReversePath } from "../../../mail/address.ts";
import { hasNonAscii } from "../../../mail/domain.ts";
import type { Command } from "../command.ts";
import { readMailParameters } from "../mail-parameters.ts";
import { parsePathArgument } from "../parameters.ts";
import { replies } from "../replies.ts";
import { respond, fault } from "../state.ts";

export const mail: Command = {
  verb: "MAIL",
  phases: ["ready"],
  idle: false,
  handle(session, argument, settings) {
    if (session.phase.at !== "ready") return fault(session, replies.helloFirst);
    const parsed = parsePathArgument(argument, "FROM");
    if (parsed === undefined) return fault(session, replies.badMail);
    const options = readMailParameters(parsed.parameters, session, settings);
    if (!options.ok) return fault(session, options.problem);
    const sender = parseReversePath(parsed.path);
    if (sender === undefined) return fault(session, replies.badSenderAddress);
    if (hasNonAscii(parsed.path) && !options.value.smtputf8) {
      return fault(session, replies.addressNeedsSmtpUtf8);
    }
    const { tls, login, phase } = session;
    const { hello } = phase;
    const transaction = { ...options.value, hello, tls, login, sender, recipients: [] };
    return respond(session, { at: "transaction", transaction }, replies.senderOk);
  },
};

/** `<>` is nobody; undefined is no address at all. */
function parseReversePath(path: string): ReversePath | undefined {
  if (path === "") return null;
  const address = parseAddress(path);
  return address.ok ? address.value : undefined;
}
