// The commands that move no mail (RFC 5321 §4.1.1.5 to §4.1.1.10).

import { abandonMessage } from "../abandon.ts";
import { anyCommandPhase, type Command } from "../command.ts";
import { replies } from "../replies.ts";
import { respond, fault, type Phase, type Session } from "../state.ts";

export const rset: Command = {
  verb: "RSET",
  phases: anyCommandPhase,
  idle: true,
  handle(session, argument) {
    if (argument !== "") return fault(session, replies.noArgument("RSET"));
    return abandonMessage(session, respond(session, withoutTransaction(session), replies.ok));
  },
};

function withoutTransaction({ phase }: Session): Phase {
  switch (phase.at) {
    case "transaction":
    case "chunks":
      return { at: "ready", hello: phase.transaction.hello };
    default:
      return phase;
  }
}

export const noop: Command = {
  verb: "NOOP",
  phases: anyCommandPhase,
  idle: true,
  handle: (session) => respond(session, session.phase, replies.ok),
};

/** Answers every name alike, so that nobody can find out who has a mailbox (RFC 5321 §7.3). */
export const vrfy: Command = {
  verb: "VRFY",
  phases: anyCommandPhase,
  idle: true,
  handle(session, argument) {
    if (argument === "") return fault(session, replies.notImplemented);
    return respond(session, session.phase, replies.cannotVerify);
  },
};

export const expn: Command = {
  verb: "EXPN",
  phases: anyCommandPhase,
  idle: true,
  handle: (session) => fault(session, replies.notImplemented),
};

export const quit: Command = {
  verb: "QUIT",
  phases: anyCommandPhase,
  idle: true,
  handle(session, argument) {
    if (argument !== "") return fault(session, replies.noArgument("QUIT"));
    const step = respond(session, { at: "closed" }, replies.bye);
    return abandonMessage(session, {
      session: step.session,
      outputs: [...step.outputs, { kind: "close" }],
    });
  },
};
