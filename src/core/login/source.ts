// Who knows users and their passwords: our own accounts, or one of the classic places. The contract
// for all of them.

import type { Address } from "../mail/address.ts";

/** What the user wants to do once logged in. */
export type LoginService = "smtp" | "pop3";

export interface LoginRequest {
  /** As the client sent it. */
  readonly login: string;
  readonly password: string;
  readonly service: LoginService;
}

export interface LoginSource {
  /** For messages: what the configuration calls it. */
  readonly name: string;
  /** Never rejects: what went wrong is an outcome. Says `unknown` without delay; whoever asks the last
   * source sees to it that it takes as long as a wrong password. */
  verify(request: LoginRequest): Promise<LoginOutcome>;
  /** The password itself, for CRAM-MD5 and APOP, which cannot do with less. Only where the source
   * may hold it. Never rejects. */
  clearPassword?(request: Omit<LoginRequest, "password">): Promise<ClearPasswordOutcome>;
  close(): Promise<void>;
}

export type LoginOutcome =
  | { readonly result: "good"; readonly account: LoginAccount }
  | LoginFailure;

export type ClearPasswordOutcome =
  | { readonly result: "good"; readonly account: LoginAccount; readonly password: string }
  | LoginFailure;

/** `why` is for the log; the client is told only whether to come back. */
export type LoginFailure =
  /** The source knows the login, and says no: no other source may say yes. */
  | { readonly result: "refused"; readonly why: string }
  /** The source knows nothing of the login, or cannot tell; another may. */
  | { readonly result: "unknown"; readonly why: string }
  /** It could not be found out now. */
  | { readonly result: "temporary"; readonly why: string; readonly fault: LoginFault };

export type LoginFault =
  /** Too much is asked at once. */
  | "busy"
  /** What the source needs does not answer, or not in time. */
  | "unavailable"
  /** Only the operator can mend it. */
  | "misconfigured";

export interface LoginAccount {
  /** What logs, limits and grants call it: its address, or the login where that is none. */
  readonly name: string;
  /** Its mailbox first, then the same at alias domains. Empty where the login is no address. */
  readonly addresses: readonly Address[];
  readonly flags: AccountFlags;
  /** How the password is stored, `md5-crypt`; absent where that is not known. */
  readonly passwordKind?: string;
}

/** What an account is kept from. That it may not log in here is in the outcome already. */
export interface AccountFlags {
  readonly noSmtp: boolean;
  readonly noPop: boolean;
  readonly noImap: boolean;
  /** A login for its mailbox opens no relaying (POP before SMTP). */
  readonly noRelay: boolean;
  /** Mail to it is refused. */
  readonly bounceMail: boolean;
}

export const noFlags: AccountFlags = {
  noSmtp: false,
  noPop: false,
  noImap: false,
  noRelay: false,
  bounceMail: false,
};
