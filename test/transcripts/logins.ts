// Logins and TLS in the dialogues: how settings, questions and answers about them are written.
//
// `settings: starttls tls auth=password,token clear logins=3` offers STARTTLS, begins with TLS, says what
// the stores can do, lets clients log in without TLS, and closes after three refusals.
// `check: PLAIN: password of ann: secret` is answered by `account ann@example.org`, `keys of pencil` (made
// from that password), `password secret`, `rejected` or `unavailable`.

import type { Reply } from "../../src/core/smtp/reply.ts";
import { replies } from "../../src/core/smtp/server/replies.ts";
import type { Question, SessionSettings } from "../../src/core/smtp/server/state.ts";
import type { CredentialAnswer, CredentialQuestion } from "../../src/core/sasl/credentials.ts";
import type { CredentialSource } from "../../src/core/sasl/mechanism.ts";
import type { AuthSettings } from "../../src/core/sasl/offer.ts";
import type { Outcome } from "../../src/core/sasl/exchange.ts";
import type { TlsFacts } from "../../src/core/tls-facts.ts";
import { saslServer, scramKeys } from "../support/sasl.ts";

/** The server's part of the nonce, and the salt, in RFC 7677 §3. */
const nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const salting = { salt: Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"), iterations: 4096 };

const sources: readonly CredentialSource[] = [
  "password",
  "scram-sha-256-keys",
  "scram-sha-1-keys",
  "clear-password",
  "token",
  "certificate",
];

/** What the words of a `settings:` line offer beyond mail. */
export function readOffer(
  words: readonly string[],
): Pick<SessionSettings, "startTls" | "requireTls" | "auth"> {
  const auth = readAuth(words);
  return {
    startTls: words.includes("starttls"),
    requireTls: words.includes("requiretls"),
    ...(auth && { auth }),
  };
}

export function readAuth(words: readonly string[]): AuthSettings | undefined {
  const named = valueOf(words, "auth")?.split(",");
  if (named === undefined) return undefined;
  return {
    sasl: saslServer(nonce),
    sources: new Set(sources.filter((source) => named.includes(source))),
    allowedInClear: words.includes("clear"),
    maxRefusedLogins: Number(valueOf(words, "logins") ?? 5),
  };
}

export function valueOf(words: readonly string[], name: string): string | undefined {
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** @param text `certificate=NAME` where the client has one. */
export function readTlsFacts(text: string): TlsFacts {
  return {
    version: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    channelBindings: { "tls-exporter": Buffer.from("exported") },
    certificate: valueOf(text.split(" "), "certificate"),
  };
}

export function describeCheck(question: CredentialQuestion): string {
  const { kind } = question;
  switch (kind) {
    case "password":
      return `password of ${question.user}: ${question.password.sent}`;
    case "scram-keys":
      return `keys (${question.hash}) of ${question.user}`;
    case "clear-password":
      return `clear password of ${question.user}`;
    case "token":
      return `token of ${question.user ?? "somebody"}: ${question.token}`;
    case "certificate":
      return `certificate ${question.certificate} for ${question.user ?? "its own"}`;
  }
}

export function readCredentials(text: string, question: CredentialQuestion): CredentialAnswer {
  const [, word = "", rest = ""] = /^(\w+)(?: (?:of )?(.*))?$/.exec(text) ?? [];
  const account = "user" in question ? (question.user ?? "somebody") : "somebody";
  switch (word) {
    case "account":
      return { kind: "account", account: rest };
    case "keys": {
      const hash = question.kind === "scram-keys" ? question.hash : "sha256";
      return { kind: "scram-keys", account, keys: scramKeys(hash, rest, salting) };
    }
    case "password":
      return { kind: "clear-password", account, password: rest };
    case "rejected":
    case "unavailable":
      return { kind: word };
    default:
      throw new Error(`no answer to a check: ${text}`);
  }
}

type LoginQuestion = Extract<Question, { kind: "login" }>;

export function describeLogin(mechanism: string, outcome: Outcome): string {
  const result = outcome.kind === "success" ? `${outcome.account} is good` : outcome.why;
  const user = outcome.kind === "failure" ? (outcome.user ?? "nobody") : "";
  return `login by ${mechanism}: ${user}${user === "" ? "" : ", "}${result}`;
}

export function usualLoginReply({ outcome }: LoginQuestion): Reply {
  return outcome.kind === "success" ? replies.loggedIn : replies.loginRefused;
}

/** One of each reply that has a part of its own, as some dialogue has it. */
export const loginSamples: { readonly challenge: Reply; readonly badResponse: Reply } = {
  challenge: replies.challenge(Buffer.from("Username:")),
  badResponse: replies.badResponse("there must be two NULs"),
};
