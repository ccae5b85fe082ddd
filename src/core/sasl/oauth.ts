// What OAUTHBEARER and XOAUTH2 have in common: a bearer token (RFC 6750 §2.1), and a client that is
// told why it was refused before it is refused.

import type { CredentialQuestion } from "./credentials.ts";
import { challenge, checkFinally, type Exchange, type Failure } from "./exchange.ts";
import { encodeText } from "./text.ts";

/** The token in `Bearer …`; undefined where there is none. */
export function readBearer(value: string): string | undefined {
  return /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(value)?.[1];
}

/** @param refusal what the client is sent before a refusal; it answers, and has failed then,
 *  whatever it answers. */
export function checkToken(
  question: Extract<CredentialQuestion, { kind: "token" }>,
  refusal: object,
): Exchange {
  const { answered, ...rest } = checkFinally(question, question.user);
  return {
    ...rest,
    answered(answer) {
      const outcome = answered(answer);
      if (outcome.kind !== "failure" || outcome.reason !== "rejected") return outcome;
      return refuse(outcome, refusal);
    },
  };
}

export function refuse(failure: Failure, refusal: object): Exchange {
  return challenge(encodeText(JSON.stringify(refusal)), () => failure, failure);
}
