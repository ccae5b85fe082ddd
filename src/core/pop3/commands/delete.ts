// DELE marks, RSET takes the marks away, and QUIT removes what is marked: nothing else does
// (RFC 1939 §5 and §6).

import type { Command } from "../command.ts";
import { countOf, findMessage, withDeleted, withoutDeleted } from "../maildrop.ts";
import { markedIndexes } from "../marks.ts";
import { replies } from "../replies.ts";
import type { Reply } from "../reply.ts";
import {
  type Answer,
  ask,
  fault,
  type Question,
  respond,
  type Session,
  type Step,
} from "../state.ts";

export const dele: Command = {
  verb: "DELE",
  phases: ["transaction"],
  handle(session, argument) {
    const { phase } = session;
    if (phase.at !== "transaction") return fault(session, replies.logInFirst);
    const word = argument.trim();
    if (word === "") return fault(session, replies.badMessage("DELE"));
    const found = findMessage(phase.drop, word);
    if (!found.ok) return fault(session, found.problem);
    const { index } = found.value;
    const drop = withDeleted(phase.drop, index);
    return respond(session, { at: "transaction", drop }, replies.deleted(index + 1));
  },
};

export const rset: Command = {
  verb: "RSET",
  phases: ["transaction"],
  handle(session, argument) {
    const { phase } = session;
    if (phase.at !== "transaction") return fault(session, replies.logInFirst);
    if (argument.trim() !== "") return fault(session, replies.noArgument("RSET"));
    const drop = withoutDeleted(phase.drop);
    return respond(session, { at: "transaction", drop }, replies.reset(countOf(drop)));
  },
};

export const quit: Command = {
  verb: "QUIT",
  phases: ["authorization", "transaction"],
  handle(session, argument) {
    const { phase } = session;
    if (argument.trim() !== "") return fault(session, replies.noArgument("QUIT"));
    if (phase.at !== "transaction") return sayGoodbye(session, replies.bye);
    const { count } = phase.drop.deleted;
    // Whoever ended its side while this waited may be gone, and never get the message before it.
    if (session.ended && session.hasSent && count > 0) {
      return sayGoodbye(session, replies.notRemoved(count, count));
    }
    return ask(session, { kind: "update", deleted: markedIndexes(phase.drop.deleted) });
  },
};

export function updateAnswered(
  session: Session,
  { deleted }: Extract<Question, { kind: "update" }>,
  { failed }: Extract<Answer, { kind: "update" }>,
): Step {
  const reply = failed === 0 ? replies.bye : replies.notRemoved(failed, deleted.length);
  return sayGoodbye(session, reply);
}

function sayGoodbye(session: Session, reply: Reply): Step {
  const step = respond(session, { at: "closed" }, reply);
  return { session: step.session, outputs: [...step.outputs, { kind: "close" }] };
}
