// One AUTH command from its first response to its end (RFC 4954 §4): between the mechanism's dialogue
// and the session.

import type { CredentialAnswer } from "../../sasl/credentials.ts";
import type { Exchange, Failure } from "../../sasl/exchange.ts";
import { readResponse, type ResponseLine } from "../../sasl/response.ts";
import type { Reply } from "../reply.ts";
import { lineFaultReply, replies } from "./replies.ts";
import {
  ask,
  fault,
  type LoginAttempt,
  type Phase,
  type Question,
  respond,
  type Session,
  type Step,
} from "./state.ts";

type Authenticating = Extract<Phase, { at: "authenticating" }>;

/** Brings the session to where the mechanism stands. */
export function proceed(session: Session, attempt: LoginAttempt, exchange: Exchange): Step {
  switch (exchange.kind) {
    case "challenge": {
      const phase = { at: "authenticating", attempt, exchange } as const;
      return respond(session, phase, replies.challenge(exchange.octets));
    }
    case "check": {
      const { question } = exchange;
      const { mechanism } = attempt;
      const phase = { at: "checking", attempt, exchange } as const;
      return {
        session: { ...session, phase },
        outputs: [{ kind: "check", question, mechanism }],
      };
    }
    case "success":
      return ask(session, { kind: "login", attempt, outcome: exchange });
    case "failure":
      return failed(session, attempt, exchange);
  }
}

function failed(session: Session, attempt: LoginAttempt, failure: Failure): Step {
  const after = readyAfter(session, attempt);
  switch (failure.reason) {
    case "rejected":
      return ask(session, { kind: "login", attempt, outcome: failure });
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
  const { attempt, exchange } = phase;
  const response = readResponse(text);
  switch (response.kind) {
    case "response":
      return proceed(session, attempt, exchange.respond(response.octets));
    case "cancel":
      return proceed(session, attempt, exchange.ifCancelled);
    case "too-long":
    case "bad-base64":
      return interrupted(session, phase, responseFault(response));
  }
}

/** What came is no response. An attempt that had failed already has failed all the same. */
export function interrupted(
  session: Session,
  { attempt, exchange }: Authenticating,
  reply: Reply,
): Step {
  const { ifCancelled } = exchange;
  return ifCancelled.reason === "cancelled"
    ? fault(readyAfter(session, attempt), reply)
    : proceed(session, attempt, ifCancelled);
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
  return proceed(session, phase.attempt, phase.exchange.answered(answer));
}

export function loginAnswered(
  session: Session,
  { attempt, outcome }: Extract<Question, { kind: "login" }>,
  reply: Reply,
): Step {
  const after = readyAfter(session, attempt);
  const isYes = reply.code < 300;
  if (outcome.kind === "success" && isYes) {
    return respond({ ...after, login: outcome.account }, after.phase, reply);
  }
  // Good credentials that the server turns away for a while are no guess.
  if (outcome.kind === "success" && reply.code < 500) return respond(after, after.phase, reply);
  const counted = { ...after, refusedLogins: after.refusedLogins + 1 };
  return fault(counted, isYes ? replies.loginRefused : reply);
}

function readyAfter(session: Session, { hello }: LoginAttempt): Session {
  return { ...session, phase: { at: "ready", hello } };
}
