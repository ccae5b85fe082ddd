// What the tests of SASL share: a connection, and a client that says given messages.

import assert from "node:assert/strict";
import { saslServer } from "../../../test/support/sasl.ts";
import type { SaslContext } from "./context.ts";
import type { CredentialAnswer, CredentialQuestion } from "./credentials.ts";
import type { Exchange, Failure, Outcome } from "./exchange.ts";

type Overrides = Partial<SaslContext> & { readonly nonce?: string };

export function contextWith({ nonce = "ours", ...overrides }: Overrides = {}): SaslContext {
  return {
    ...saslServer(nonce),
    channelBindings: {},
    offered: new Set(),
    certificate: undefined,
    ...overrides,
  };
}

export const octets = (text: string): Uint8Array => Buffer.from(text, "utf8");

type Store = (question: CredentialQuestion) => CredentialAnswer;

/** Plays the exchange to its end: each of the client's messages answers a challenge. */
export function converse(
  exchange: Exchange,
  store: Store,
  ...messages: readonly (string | Uint8Array | ((challenge: string) => string))[]
): Outcome & { readonly challenges: readonly string[] } {
  const left = [...messages];
  const challenges: string[] = [];
  let now = exchange;
  for (;;) {
    switch (now.kind) {
      case "check":
        now = now.answered(store(now.question));
        break;
      case "challenge": {
        const said = Buffer.from(now.octets).toString();
        challenges.push(said);
        const next = left.shift();
        assert.ok(next !== undefined, `the client has no answer to ${said}`);
        const message = typeof next === "function" ? next(said) : next;
        now = now.respond(typeof message === "string" ? octets(message) : message);
        break;
      }
      default:
        assert.deepEqual(left, [], "the exchange ended before the client did");
        return { ...now, challenges };
    }
  }
}

export function isFailure(outcome: Outcome, reason: Failure["reason"], why?: string): void {
  assert.equal(outcome.kind, "failure");
  if (outcome.kind !== "failure") return;
  assert.equal(outcome.reason, reason, outcome.why);
  if (why !== undefined) assert.equal(outcome.why, why);
}

export function isSuccess(outcome: Outcome, account: string): void {
  assert.deepEqual(
    { ...outcome, challenges: undefined },
    { kind: "success", account, challenges: undefined },
  );
}
