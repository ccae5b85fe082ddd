// Logging in: whom credentials belong to, and what a client is told of its attempt.

import type { IpAddress } from "../../core/mail/ip.ts";
import type { SaslServer } from "../../core/sasl/context.ts";
import type { CredentialAnswer, CredentialQuestion } from "../../core/sasl/credentials.ts";
import type { Outcome } from "../../core/sasl/exchange.ts";
import type { CredentialSource } from "../../core/sasl/mechanism.ts";
import type { Reply } from "../../core/smtp/reply.ts";
import type { LoginAttempt } from "../../core/smtp/server/state.ts";
import type { Leave, Refusal } from "./guard.ts";

export type Watched = Leave | Refusal;

export interface Logins {
  readonly sasl: SaslServer;
  /** What the accounts can be asked for. */
  readonly sources: ReadonlySet<CredentialSource>;
  /** Whether nobody who comes from there may try to log in now. */
  turnsAway(client: IpAddress): boolean;
  /** Never rejects: what cannot be found out is unavailable. */
  check(question: CredentialQuestion, client: IpAddress): Promise<Checked>;
  /** An attempt has come to its end; resolves with what the client is told, when it is to be told. */
  conclude(attempt: ConcludedAttempt): Promise<Reply>;
}

interface Checked {
  readonly answer: CredentialAnswer;
  /** What whoever counts guesses wants to see again at the end of the attempt. */
  readonly watched?: Watched;
}

export interface ConcludedAttempt {
  /** Absent where it did not come to a check. */
  readonly watched?: Watched | undefined;
  readonly client: IpAddress;
  readonly listener: string;
  readonly session: string;
  readonly attempt: LoginAttempt;
  readonly outcome: Outcome;
}
