// RETR and TOP (RFC 1939 §5 and §7). The server is asked first, because the message may be gone by
// now, or may not be readable, and after +OK there is no way to say so.

import type { Command } from "../command.ts";
import { findMessage, readNumber } from "../maildrop.ts";
import { replies } from "../replies.ts";
import {
  type Answer,
  ask,
  fault,
  type Question,
  respond,
  send,
  type Session,
  type Step,
} from "../state.ts";

export const retr: Command = {
  verb: "RETR",
  phases: ["transaction"],
  handle(session, argument) {
    const word = argument.trim();
    if (word === "") return fault(session, replies.badMessage("RETR"));
    return askFor(session, word, undefined);
  },
};

export const top: Command = {
  verb: "TOP",
  phases: ["transaction"],
  handle(session, argument) {
    const [, word, count] = /^(\S+)\s+(\S+)$/.exec(argument.trim()) ?? [];
    if (word === undefined || count === undefined) return fault(session, replies.badTop);
    const bodyLines = readNumber(count);
    if (bodyLines === undefined) return fault(session, replies.badLineCount);
    return askFor(session, word, bodyLines);
  },
};

function askFor(session: Session, word: string, bodyLines: number | undefined): Step {
  const { phase } = session;
  if (phase.at !== "transaction") return fault(session, replies.logInFirst);
  const found = findMessage(phase.drop, word);
  if (!found.ok) return fault(session, found.problem);
  const { index } = found.value;
  return ask(session, { kind: "message", drop: phase.drop, index, bodyLines });
}

export function messageAnswered(
  session: Session,
  { drop, index, bodyLines }: Extract<Question, { kind: "message" }>,
  { result }: Extract<Answer, { kind: "message" }>,
): Step {
  switch (result) {
    case "ready": {
      const size = drop.messages[index]?.size ?? 0;
      const reply = bodyLines === undefined ? replies.message(size) : replies.top;
      return send({ ...session, hasSent: true }, drop, reply, {
        kind: "message",
        index,
        bodyLines,
      });
    }
    case "gone":
      return respond(session, { at: "transaction", drop }, replies.messageGone);
    case "unreadable":
      return respond(session, { at: "transaction", drop }, replies.messageUnreadable);
  }
}
