// What the server's answers and the end of the content do to a transaction.

import type { Reply } from "../reply.ts";
import { replies } from "./replies.ts";
import {
  type Answer,
  ask,
  type Input,
  type Question,
  respond,
  type Session,
  type Step,
} from "./state.ts";

type Asked<Kind extends Question["kind"]> = Extract<Question, { kind: Kind }>;

export function recipientAnswered(
  session: Session,
  { transaction, request }: Asked<"recipient">,
  { reply, recipient }: Answer,
): Step {
  if (recipient === undefined) {
    // Who is put off with 4xx has done nothing wrong.
    const refusedRecipients = session.refusedRecipients + (reply.code >= 500 ? 1 : 0);
    return respond({ ...session, refusedRecipients }, { at: "transaction", transaction }, reply);
  }
  const recipients = [...transaction.recipients, { ...recipient, ...request }];
  return respond(
    session,
    { at: "transaction", transaction: { ...transaction, recipients } },
    reply,
  );
}

export function contentAnswered(
  session: Session,
  { transaction, chunk }: Asked<"content">,
  reply: Reply,
): Step {
  const accepted = reply.code < 400;
  if (chunk !== undefined) {
    const phase = accepted
      ? ({ at: "chunk", transaction, chunk } as const)
      : ({ at: "swallow", octets: chunk.octets, reply, next: readyAfter(transaction) } as const);
    return { session: { ...session, phase }, outputs: [] };
  }
  return respond(session, accepted ? { at: "data", transaction } : readyAfter(transaction), reply);
}

/** The final dot, or the end of a chunk. */
export function contentEnded(
  session: Session,
  { traits, refusal }: Extract<Input, { kind: "content-end" }>,
): Step {
  const { phase } = session;
  if (phase.at !== "data" && phase.at !== "chunk") return { session, outputs: [] };
  const { transaction } = phase;
  if (refusal !== undefined) {
    const refused = respond(session, readyAfter(transaction), refusal);
    return { session: refused.session, outputs: [{ kind: "abandon" }, ...refused.outputs] };
  }
  if (phase.at === "chunk" && !phase.chunk.last) {
    return respond(session, { at: "chunks", transaction }, replies.chunkOk(phase.chunk.octets));
  }
  return ask(session, { kind: "message", transaction, traits });
}

export function messageAnswered(
  session: Session,
  { transaction }: Asked<"message">,
  reply: Reply,
): Step {
  const kept = reply.code < 300 ? { idleCommands: 0, refusedRecipients: 0 } : {};
  return respond({ ...session, ...kept }, readyAfter(transaction), reply);
}

function readyAfter({ hello }: { readonly hello: { name: string; extended: boolean } }) {
  return { at: "ready", hello } as const;
}
