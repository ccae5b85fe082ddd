// Logging in: whom credentials belong to, and what a client is told of its attempt.

import type { LoginVerdict } from "../../core/login/verdict.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { SaslServer } from "../../core/sasl/context.ts";
import type { CredentialAnswer, CredentialQuestion } from "../../core/sasl/credentials.ts";
import type { Outcome } from "../../core/sasl/exchange.ts";
import type { CredentialSource } from "../../core/sasl/mechanism.ts";
import type { Leave, Refusal } from "./guard.ts";

export type Watched = Leave | Refusal;

/** Of one service: who may send mail may not read it everywhere, and the other way round. */
export interface Logins {
  readonly sasl: SaslServer;
  /** What the accounts can be asked for. */
  readonly sources: ReadonlySet<CredentialSource>;
  /** Whether nobody who comes from there may try to log in now. */
  turnsAway(client: IpAddress): boolean;
  /** Never rejects: what cannot be found out is unavailable. */
  check(question: CredentialQuestion, client: IpAddress): Promise<Checked>;
  /** An attempt has come to its end; resolves with what the client is told, when it is to be told. */
  conclude(attempt: ConcludedAttempt): Promise<LoginVerdict>;
}

export interface Checked {
  readonly answer: CredentialAnswer;
  /** A login for the account's mailbox opens no relaying. */
  readonly noRelay?: boolean;
  /** What whoever counts guesses wants to see again at the end of the attempt. */
  readonly watched?: Watched;
}

export interface ConcludedAttempt {
  /** Absent where it did not come to a check. */
  readonly watched?: Watched | undefined;
  readonly client: IpAddress;
  readonly listener: string;
  readonly session: string;
  /** What the client logged in by: `SCRAM-SHA-256`. */
  readonly mechanism: string;
  readonly outcome: Outcome;
}
