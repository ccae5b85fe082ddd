// DATA (RFC 5321 §4.1.1.4). The server is asked before 354, so that it can refuse while it has no
// room, instead of after the octets.

import type { Command } from "../command.ts";
import { replies } from "../replies.ts";
import { ask, fault } from "../state.ts";

export const data: Command = {
  verb: "DATA",
  phases: ["transaction"],
  idle: false,
  handle(session, argument) {
    if (argument !== "") return fault(session, replies.noArgument("DATA"));
    if (session.phase.at !== "transaction") return fault(session, replies.mailFirst);
    const { transaction } = session.phase;
    if (transaction.recipients.length === 0) return fault(session, replies.noRecipients);
    return ask(session, { kind: "content", transaction, chunk: undefined });
  },
};
