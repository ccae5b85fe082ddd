// STARTTLS (RFC 3207 §4).

import type { Command } from "../command.ts";
import { replies } from "../replies.ts";
import { fault, respond } from "../state.ts";

export const starttls: Command = {
  verb: "STARTTLS",
  phases: ["ready"],
  idle: true,
  isOffered: ({ startTls }) => startTls === true,
  handle(session, argument) {
    if (argument !== "") return fault(session, replies.noArgument("STARTTLS"));
    if (session.tls !== undefined) return fault(session, replies.tlsIsUp);
    const step = respond(session, { at: "securing" }, replies.startTls);
    return { session: step.session, outputs: [...step.outputs, { kind: "start-tls" }] };
  },
};
