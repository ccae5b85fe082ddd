// One login from its first response to the open drop (RFC 1939 §4, RFC 5034 §4): between the
// mechanism's dialogue and the session.

import type { CredentialAnswer } from "../sasl/credentials.ts";
import type { Exchange, Failure } from "../sasl/exchange.ts";
import { readResponse, type ResponseLine } from "../sasl/response.ts";
import { openedDrop } from "./maildrop.ts";
import { lineFaultReply, replies } from "./replies.ts";
import type { Reply } from "./reply.ts";
import {
  type Answer,
  ask,
  fault,
  type Phase,
  type Question,
  respond,
  type Session,
  type Step,
} from "./state.ts";

type Authenticating = Extract<Phase, { at: "authenticating" }>;
type Answered<Kind extends Answer["kind"]> = Extract<Answer, { kind: Kind }>;

/** Brings the session to where the mechanism stands. */
export function proceed(session: Session, mechanism: string, exchange: Exchange): Step {
  switch (exchange.kind) {
    case "challenge": {
      const phase = { at: "authenticating", mechanism, exchange } as const;
      return respond(session, phase, replies.challenge(exchange.octets));
    }
    case "check": {
      const { question } = exchange;
      const phase = { at: "checking", mechanism, exchange } as const;
      return {
        session: { ...session, phase },
        outputs: [{ kind: "check", question, mechanism }],
      };
    }
    case "success":
      return ask(session, { kind: "login", mechanism, outcome: exchange });
    case "failure":
      return failed(session, mechanism, exchange);
  }
}

function failed(session: Session, mechanism: string, failure: Failure): Step {
  const after = beforeLogin(session);
  switch (failure.reason) {
    case "rejected":
      return ask(session, { kind: "login", mechanism, outcome: failure });
    case "malformed":
      return fault(after, replies.badResponse(failure.why));
    case "cancelled":
      return fault(after, replies.loginCancelled);
    case "unavailable":
      return respond(after, after.phase, replies.loginUnavailable);
  }
}

/** A line came while the client's response was awaited. */
export function responded(session: Session, phase: Authenticating, text: string): Step {
  const { mechanism, exchange } = phase;
  const response = readResponse(text);
  switch (response.kind) {
    case "response":
      return proceed(session, mechanism, exchange.respond(response.octets));
    case "cancel":
      return proceed(session, mechanism, exchange.ifCancelled);
    case "too-long":
    case "bad-base64":
      return interrupted(session, phase, responseFault(response));
  }
}

/** What came is no response. An attempt that had failed already has failed all the same. */
export function interrupted(
  session: Session,
  { mechanism, exchange }: Authenticating,
  reply: Reply,
): Step {
  const { ifCancelled } = exchange;
  return ifCancelled.reason === "cancelled"
    ? fault(beforeLogin(session), reply)
    : proceed(session, mechanism, ifCancelled);
}

/** What a client is told whose response cannot be read. */
export function responseFault(
  response: Extract<ResponseLine, { kind: "too-long" | "bad-base64" }>,
): Reply {
  return response.kind === "too-long" ? lineFaultReply("too-long") : replies.badBase64;
}

export function checked(session: Session, answer: CredentialAnswer): Step {
  const { phase } = session;
  if (phase.at !== "checking") return { session, outputs: [] };
  return proceed(session, phase.mechanism, phase.exchange.answered(answer));
}

export function loginAnswered(
  session: Session,
  { outcome }: Extract<Question, { kind: "login" }>,
  { verdict }: Answered<"login">,
): Step {
  if (verdict === "turned-away") return refused(session, replies.loginsTurnedAway);
  if (verdict === "refused" || outcome.kind !== "success") {
    return refused(session, replies.loginRefused);
  }
  return ask(session, { kind: "open", account: outcome.account });
}

function refused(session: Session, reply: Reply): Step {
  return fault(beforeLogin({ ...session, refusedLogins: session.refusedLogins + 1 }), reply);
}

/** A client whose mailbox is locked may try again on the same connection. */
export function openAnswered(session: Session, { result }: Answered<"open">): Step {
  switch (result.kind) {
    case "opened": {
      const drop = openedDrop(result.messages);
      const reply = replies.opened(drop.messages.length, drop.octets);
      return respond(session, { at: "transaction", drop }, reply);
    }
    case "in-use":
      return notOpened(session, replies.mailboxInUse);
    case "unavailable":
      return notOpened(session, replies.mailboxUnavailable);
  }
}

/** No fault of the client's, but nothing that it may do without end either. */
function notOpened(session: Session, reply: Reply): Step {
  const after = beforeLogin({ ...session, idleCommands: session.idleCommands + 1 });
  return respond(after, after.phase, reply);
}

function beforeLogin(session: Session): Session {
  return { ...session, phase: { at: "authorization", user: undefined } };
}
