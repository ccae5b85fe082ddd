// The SMTP server session: everything that moves its state stands here or in the command table.
// No I/O: inputs come in, outputs go out (RFC 5321 §4.3).

import { abandonMessage } from "./abandon.ts";
import { checked, interrupted, loginAnswered, responded } from "./authentication.ts";
import { findCommand } from "./commands.ts";
import { contentAnswered, contentEnded, messageAnswered, recipientAnswered } from "./message.ts";
import { replies } from "./replies.ts";
import {
  type Answer,
  respond,
  fault,
  type Input,
  newSession,
  type Session,
  type SessionSettings,
  type Step,
} from "./state.ts";
import type { TlsFacts } from "../../tls-facts.ts";
import type { Reply } from "../reply.ts";

/** One input's effect. An input that the phase does not expect changes nothing. */
export function step(session: Session, input: Input, settings: SessionSettings): Step {
  switch (input.kind) {
    case "line":
      return withinBounds(line(session, input.text, settings), settings);
    case "bad-line":
      return withinBounds(badLine(session, input.reply), settings);
    case "content-end":
      return leaveIfAsked(contentEnded(session, input));
    case "swallowed":
      return leaveIfAsked(withinBounds(swallowed(session), settings));
    case "answer":
      return leaveIfAsked(withinBounds(answered(session, input.answer), settings));
    case "checked":
      return leaveIfAsked(withinBounds(checked(session, input.answer), settings));
    case "tls-up":
      return leaveIfAsked(tlsUp(session, input.tls));
    case "turn-away":
      return close(session, input.reply);
    case "timeout":
      return close(session, replies.timeout);
    case "shutdown":
      return leaveIfAsked({ session: { ...session, leaving: true }, outputs: [] });
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
  const space = firstSpace(text);
  const verb = (space === -1 ? text : text.slice(0, space)).toUpperCase();
  const argument = space === -1 ? "" : text.slice(space + 1).trim();
  const found = findCommand(verb, settings);
  if (found === undefined) {
    // A browser that was lured here must not talk on (cross-protocol requests).
    if (/ HTTP\/[0-9.]+$/.test(text)) return close(session, replies.notHttp);
    return fault(session, replies.unknownCommand);
  }
  if (!found.phases.includes(session.phase.at)) return fault(session, outOfOrder(session));
  const counted = found.idle ? { ...session, idleCommands: session.idleCommands + 1 } : session;
  return found.handle(counted, argument, settings);
}

/** Where a verb ends: at a space, or a tab, which some clients take for one. */
function firstSpace(text: string): number {
  const space = text.indexOf(" ");
  const tab = text.indexOf("\t");
  return tab !== -1 && (space === -1 || tab < space) ? tab : space;
}

/** What a command is told that came where it is not allowed (RFC 5321 §4.1.4). */
function outOfOrder({ phase }: Session): Reply {
  switch (phase.at) {
    case "fresh":
      return replies.helloFirst;
    case "transaction":
      return replies.senderGiven;
    case "chunks":
      return replies.chunksOnly;
    default:
      return replies.mailFirst;
  }
}

function swallowed(session: Session): Step {
  if (session.phase.at !== "swallow") return { session, outputs: [] };
  return respond(session, session.phase.next, session.phase.reply);
}

function answered(session: Session, answer: Answer): Step {
  if (session.phase.at !== "asking") return { session, outputs: [] };
  const { question } = session.phase;
  switch (question.kind) {
    case "recipient":
      return recipientAnswered(session, question, answer);
    case "content":
      return contentAnswered(session, question, answer.reply);
    case "message":
      return messageAnswered(session, question, answer.reply);
    case "login":
      return loginAnswered(session, question, answer.reply);
  }
}

/** Nothing that came in clear counts any more, not even a login (RFC 3207 §4.2), but for mistakes. */
function tlsUp(session: Session, tls: TlsFacts): Step {
  const isExpected =
    session.phase.at === "securing" || (session.phase.at === "fresh" && session.tls === undefined);
  if (!isExpected) return { session, outputs: [] };
  const { phase, login } = newSession;
  return { session: { ...session, phase, login, tls }, outputs: [] };
}

/** Whoever only makes mistakes, only makes talk, or guesses recipients or passwords is sent away
 * (bounded work for a client). */
function withinBounds(result: Step, settings: SessionSettings): Step {
  const { errors, refusedLogins, idleCommands, refusedRecipients, phase } = result.session;
  if (phase.at === "closed") return result;
  if (settings.auth !== undefined && refusedLogins >= settings.auth.maxRefusedLogins) {
    return closeAfter(result, replies.tooManyLogins);
  }
  if (errors > settings.maxErrors) return closeAfter(result, replies.tooManyErrors);
  if (idleCommands > settings.maxIdleCommands) {
    return closeAfter(result, replies.tooManyIdleCommands);
  }
  if (refusedRecipients >= settings.maxRefusedRecipients) {
    return closeAfter(result, replies.tooManyRefusedRecipients);
  }
  return result;
}

/** A shutdown waits for the message that is arriving, not for the next one. */
function leaveIfAsked(result: Step): Step {
  if (!result.session.leaving) return result;
  switch (result.session.phase.at) {
    case "fresh":
    case "ready":
    case "transaction":
    case "chunks":
    case "authenticating":
      return closeAfter(result, replies.shuttingDown);
    default:
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
    return abandonMessage(session, { session: closed, outputs: [{ kind: "close" }] });
  }
  return abandonMessage(session, {
    session: closed,
    outputs: [{ kind: "reply", reply }, { kind: "close" }],
  });
}
