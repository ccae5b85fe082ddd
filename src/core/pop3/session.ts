// The POP3 session: everything that moves its state stands here or in the command table. No I/O:
// inputs come in, outputs go out (RFC 1939 §3).

import type { TlsFacts } from "../tls-facts.ts";
import { checked, interrupted, loginAnswered, openAnswered, responded } from "./authentication.ts";
import { commands } from "./commands.ts";
import { updateAnswered } from "./commands/delete.ts";
import { messageAnswered } from "./commands/retrieve.ts";
import { replies } from "./replies.ts";
import type { Reply } from "./reply.ts";
import {
  type Answer,
  fault,
  type Input,
  newSession,
  type Session,
  type SessionSettings,
  type Step,
} from "./state.ts";

/** One input's effect. An input that the phase does not expect changes nothing. */
export function step(session: Session, input: Input, settings: SessionSettings): Step {
  switch (input.kind) {
    case "line":
      return withinBounds(line(session, input.text, settings), settings);
    case "bad-line":
      return withinBounds(badLine(session, input.reply), settings);
    case "answer":
      return leaveIfAsked(withinBounds(answered(session, input.answer), settings));
    case "checked":
      return leaveIfAsked(withinBounds(checked(session, input.answer), settings));
    case "sent":
      return leaveIfAsked(sent(session));
    case "tls-up":
      return leaveIfAsked(tlsUp(session, input.tls));
    case "turn-away":
      return close(session, input.reply);
    case "timeout":
      // Without a word, and without deleting anything (RFC 1939 §3).
      return close(session, undefined);
    case "shutdown":
      return leaveIfAsked({ session: { ...session, leaving: true }, outputs: [] });
    case "ended":
      return { session: { ...session, ended: true }, outputs: [] };
    case "eof":
      return close(session, undefined);
  }
}

function line(session: Session, text: string, settings: SessionSettings): Step {
  const { phase } = session;
  return phase.at === "authenticating"
    ? responded(session, phase, text)
    : command(session, text, settings);
}

function badLine(session: Session, reply: Reply): Step {
  const { phase } = session;
  return phase.at === "authenticating" ? interrupted(session, phase, reply) : fault(session, reply);
}

function command(session: Session, text: string, settings: SessionSettings): Step {
  const { phase } = session;
  const space = text.search(/\s/);
  const verb = (space === -1 ? text : text.slice(0, space)).toUpperCase();
  const argument = space === -1 ? "" : text.slice(space + 1);
  const found = commands.get(verb);
  if (found === undefined) {
    // A browser that was lured here must not talk on (cross-protocol requests).
    if (/ HTTP\/[0-9.]+$/.test(text)) return close(session, replies.notHttp);
    return fault(session, replies.unknownCommand);
  }
  if (phase.at === "transaction") {
    if (!found.phases.includes("transaction")) return fault(session, replies.alreadyLoggedIn);
    return found.handle(session, argument, settings);
  }
  if (!found.phases.includes("authorization")) return fault(session, replies.logInFirst);
  const counted = { ...session, idleCommands: session.idleCommands + 1 };
  return found.handle(counted, argument, settings);
}

function answered(session: Session, answer: Answer): Step {
  if (session.phase.at !== "asking") return { session, outputs: [] };
  const { question } = session.phase;
  if (question.kind === "login" && answer.kind === "login") {
    return loginAnswered(session, question, answer);
  }
  if (question.kind === "open" && answer.kind === "open") return openAnswered(session, answer);
  if (question.kind === "message" && answer.kind === "message") {
    return messageAnswered(session, question, answer);
  }
  if (question.kind === "update" && answer.kind === "update") {
    return updateAnswered(session, question, answer);
  }
  return { session, outputs: [] };
}

function sent(session: Session): Step {
  const { phase } = session;
  if (phase.at !== "sending") return { session, outputs: [] };
  return { session: { ...session, phase: { at: "transaction", drop: phase.drop } }, outputs: [] };
}

/** Nothing that came in clear counts any more (RFC 2595 §4), but for mistakes. */
function tlsUp(session: Session, tls: TlsFacts): Step {
  const isExpected =
    session.phase.at === "securing" ||
    (session.phase.at === "authorization" && session.tls === undefined);
  if (!isExpected) return { session, outputs: [] };
  return { session: { ...session, phase: newSession.phase, tls }, outputs: [] };
}

/** Whoever only makes mistakes, only makes talk, or guesses passwords is sent away (bounded work for a
 * client). */
function withinBounds(result: Step, settings: SessionSettings): Step {
  const { errors, refusedLogins, idleCommands, phase } = result.session;
  if (phase.at === "closed") return result;
  if (refusedLogins >= settings.auth.maxRefusedLogins) {
    return closeAfter(result, replies.tooManyLogins);
  }
  if (errors > settings.maxErrors) return closeAfter(result, replies.tooManyErrors);
  if (phase.at === "authorization" && idleCommands > settings.maxIdleCommands) {
    return closeAfter(result, replies.tooManyIdleCommands);
  }
  return result;
}

/** A shutdown waits for what is being sent or done, not for the next command. */
function leaveIfAsked(result: Step): Step {
  if (!result.session.leaving) return result;
  switch (result.session.phase.at) {
    case "authorization":
    case "authenticating":
    case "transaction":
      return closeAfter(result, replies.shuttingDown);
    case "checking":
    case "securing":
    case "sending":
    case "asking":
    case "closed":
      return result;
  }
}

function closeAfter(result: Step, reply: Reply): Step {
  const closing = close(result.session, reply);
  return { session: closing.session, outputs: [...result.outputs, ...closing.outputs] };
}

function close(session: Session, reply: Reply | undefined): Step {
  if (session.phase.at === "closed") return { session, outputs: [] };
  const closed = { ...session, phase: { at: "closed" } } as const;
  // Amid a handshake there are no words.
  if (reply === undefined || session.phase.at === "securing") {
    return { session: closed, outputs: [{ kind: "close" }] };
  }
  return { session: closed, outputs: [{ kind: "reply", reply }, { kind: "close" }] };
}
