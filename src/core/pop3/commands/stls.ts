// STLS (RFC 2595 §4).

import type { Command } from "../command.ts";
import { replies } from "../replies.ts";
import { fault, respond } from "../state.ts";

export const stls: Command = {
  verb: "STLS",
  phases: ["authorization"],
  handle(session, argument, { startTls }) {
    if (argument.trim() !== "") return fault(session, replies.noArgument("STLS"));
    if (session.tls !== undefined) return fault(session, replies.tlsIsUp);
    if (!startTls) return fault(session, replies.tlsNotOffered);
    const step = respond(session, { at: "securing" }, replies.startTls);
    return { session: step.session, outputs: [...step.outputs, { kind: "start-tls" }] };
  },
};
