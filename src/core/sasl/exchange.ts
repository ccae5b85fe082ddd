// One login as the server sees it (RFC 4422 §3). A mechanism is written from top to bottom, as its
// dialogue goes: each point where it has to wait is a value that holds how it goes on. Nothing in
// these values changes, so that going on twice from one of them comes to the same.

import type { CredentialAnswer, CredentialQuestion } from "./credentials.ts";

export type Exchange = Challenge | Check | Outcome;

/** The client is sent `octets` and answers them. */
export interface Challenge {
  readonly kind: "challenge";
  readonly octets: Uint8Array;
  /** What it comes to if the client gives up here instead of answering. */
  readonly ifCancelled: Failure;
  readonly respond: (response: Uint8Array) => Exchange;
}

/** The server is asked about credentials. */
export interface Check {
  readonly kind: "check";
  readonly question: CredentialQuestion;
  readonly answered: (answer: CredentialAnswer) => Exchange;
}

export type Outcome = Success | Failure;

export interface Success {
  readonly kind: "success";
  /** The account, as the server named it. */
  readonly account: string;
}

export interface Failure {
  readonly kind: "failure";
  readonly reason: FailureReason;
  /** For the operator and for whoever writes the client, in a few words. It tells nothing of which
   * users exist. */
  readonly why: string;
  /** The user that was named, if it came to that. */
  readonly user: string | undefined;
}

type FailureReason =
  /** The credentials are wrong. */
  | "rejected"
  /** What the client sent does not fit the mechanism. */
  | "malformed"
  | "cancelled"
  /** The credentials could not be checked now. */
  | "unavailable";

const nothing: Uint8Array = new Uint8Array(0);

export function challenge(
  octets: Uint8Array,
  respond: (response: Uint8Array) => Exchange,
  ifCancelled: Failure = cancelled,
): Challenge {
  return { kind: "challenge", octets, respond, ifCancelled };
}

/** The client speaks first: at once, or after an empty challenge (RFC 4422 §3.3). */
export function clientFirst(
  initial: Uint8Array | undefined,
  respond: (response: Uint8Array) => Exchange,
): Exchange {
  return initial === undefined ? challenge(nothing, respond) : respond(initial);
}

export function check(
  question: CredentialQuestion,
  answered: (answer: CredentialAnswer) => Exchange,
): Check {
  return { kind: "check", question, answered };
}

/** Asks a question whose answer decides. Anything but a clear yes is a no. */
export function checkFinally(question: CredentialQuestion, user: string | undefined): Check {
  return check(question, (answer) => {
    if (answer.kind === "account") return success(answer.account);
    return answer.kind === "unavailable" ? unavailable(user) : wrongCredentials(user);
  });
}

export function success(account: string): Success {
  return { kind: "success", account };
}

export function rejected(why: string, user: string | undefined): Failure {
  return { kind: "failure", reason: "rejected", why, user };
}

/** The same words for a wrong password and for a user who does not exist. */
export function wrongCredentials(user: string | undefined): Failure {
  return rejected("wrong credentials", user);
}

export function malformed(why: string): Failure {
  return { kind: "failure", reason: "malformed", why, user: undefined };
}

export function unavailable(user: string | undefined): Failure {
  return { kind: "failure", reason: "unavailable", why: "could not be checked", user };
}

const cancelled: Failure = {
  kind: "failure",
  reason: "cancelled",
  why: "the client gave up",
  user: undefined,
};
