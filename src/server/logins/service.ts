// Logins over our own accounts and the classic sources behind them.

import { errorText } from "../../core/error-text.ts";
import type {
  AccountFlags,
  LoginAccount,
  LoginFailure,
  LoginService,
  LoginSource,
} from "../../core/login/source.ts";
import { formatAddress, mailboxKey, parseAddress } from "../../core/mail/address.ts";
import { formatIp } from "../../core/mail/ip.ts";
import type { SaslServer } from "../../core/sasl/context.ts";
import type { CredentialAnswer, CredentialQuestion } from "../../core/sasl/credentials.ts";
import type { CredentialSource } from "../../core/sasl/mechanism.ts";
import { readScramKeys } from "../../io/password/scram-text.ts";
import type { Account, AccountStore } from "../../io/store/account-store.ts";
import type { TokenSource } from "../../io/tokens/token-source.ts";
import type { Log } from "../log.ts";
import type { Checked, ConcludedAttempt, Logins } from "./logins.ts";

export interface LoginServiceOptions {
  readonly service: LoginService;
  readonly sasl: SaslServer;
  readonly accounts: Pick<AccountStore, "find">;
  /** All that know passwords, as one. */
  readonly passwords: LoginSource;
  /** Users are known elsewhere too, by their passwords alone. */
  readonly hasOtherSources: boolean;
  /** Some of those passwords are kept in the clear, and may be used. */
  readonly hasClearPasswords: boolean;
  /** Where an authority hands out tokens. */
  readonly tokens?: TokenSource;
  /** Clients are asked for certificates. */
  readonly takesCertificates: boolean;
  readonly log: Log;
}

type TemporaryFailure = Extract<LoginFailure, { result: "temporary" }>;

const rejected: Checked = { answer: { kind: "rejected" } };
const unavailable: Checked = { answer: { kind: "unavailable" } };

export function createLogins(options: LoginServiceOptions): Logins {
  const { service, sasl, accounts, passwords, tokens, log } = options;

  async function check(question: CredentialQuestion): Promise<Checked> {
    switch (question.kind) {
      case "password":
        if (question.actAs !== undefined) return rejected;
        return verify(question.user, question.password.sent);
      case "scram-keys": {
        const account = await openAccount(question.user);
        const text = account?.credentials?.scram?.[question.hash];
        const keys = text === undefined ? undefined : readScramKeys(question.hash, text);
        if (account === undefined || keys === undefined) return rejected;
        return { answer: { kind: "scram-keys", account: mailboxKey(account.address), keys } };
      }
      case "certificate": {
        const { user, certificate } = question;
        if (user !== undefined && !isSameMailbox(user, certificate)) return rejected;
        return loggedIn(await openAccount(certificate));
      }
      case "token":
        return verifyToken(question);
      case "clear-password":
        return findPassword(question.user);
    }
  }

  async function verify(login: string, password: string): Promise<Checked> {
    const outcome = await passwords.verify({ login, password, service });
    if (outcome.result === "good") {
      const { account } = outcome;
      return ofElsewhere(account, { kind: "account", account: account.name });
    }
    return outcome.result === "temporary" ? putOff(outcome) : rejected;
  }

  async function findPassword(login: string): Promise<Checked> {
    const outcome = await passwords.clearPassword?.({ login, service });
    if (outcome?.result === "good") {
      const { account, password } = outcome;
      return ofElsewhere(account, { kind: "clear-password", account: account.name, password });
    }
    return outcome?.result === "temporary" ? putOff(outcome) : rejected;
  }

  function ofElsewhere({ flags }: LoginAccount, answer: CredentialAnswer): Checked {
    return isKeptFrom(service, flags) ? rejected : { answer, noRelay: flags.noRelay };
  }

  function putOff({ why, fault }: TemporaryFailure): Checked {
    log.error({ event: "login-unavailable", fault, why }, "a login could not be checked");
    return unavailable;
  }

  async function verifyToken(request: Parameters<TokenSource["verify"]>[0]): Promise<Checked> {
    const outcome = await tokens?.verify(request);
    switch (outcome?.result) {
      case "good":
        return loggedIn(await openAccount(formatAddress(outcome.account)));
      case "temporary":
        log.error({ event: "login-unavailable", why: outcome.why }, "a token could not be checked");
        return unavailable;
      case "refused":
        log.info({ event: "token-refused", why: outcome.why }, "a token is no good");
        return rejected;
      case undefined:
        return rejected;
    }
  }

  /** The account, if it may log in. */
  async function openAccount(login: string): Promise<Account | undefined> {
    const address = parseAddress(login);
    if (!address.ok) return undefined;
    const account = await accounts.find(mailboxKey(address.value));
    return account?.disabled === true ? undefined : account;
  }

  return {
    sasl,
    sources: sourcesOf(options),
    turnsAway: () => false,
    async check(question) {
      try {
        return await check(question);
      } catch (error) {
        const why = errorText(error);
        log.error({ event: "login-unavailable", why }, "a login could not be checked");
        return unavailable;
      }
    },
    async conclude(concluded) {
      record(log, concluded);
      return concluded.outcome.kind === "success" ? "good" : "refused";
    },
  };
}

function loggedIn(account: Account | undefined): Checked {
  return account === undefined
    ? rejected
    : { answer: { kind: "account", account: mailboxKey(account.address) } };
}

function isKeptFrom(service: LoginService, { noSmtp, noPop }: AccountFlags): boolean {
  switch (service) {
    case "smtp":
      return noSmtp;
    case "pop3":
      return noPop;
  }
}

function isSameMailbox(one: string, other: string): boolean {
  const [first, second] = [parseAddress(one), parseAddress(other)];
  return first.ok && second.ok && mailboxKey(first.value) === mailboxKey(second.value);
}

/** A user whom only a classic source knows has no SCRAM keys here: where there are such users, SCRAM
 * would keep out whoever prefers it. */
function sourcesOf(options: LoginServiceOptions): ReadonlySet<CredentialSource> {
  const sources = new Set<CredentialSource>(["password"]);
  if (!options.hasOtherSources) sources.add("scram-sha-256-keys").add("scram-sha-1-keys");
  if (options.hasClearPasswords) sources.add("clear-password");
  if (options.takesCertificates) sources.add("certificate");
  if (options.tokens !== undefined) sources.add("token");
  return sources;
}

function record(log: Log, concluded: ConcludedAttempt): void {
  const { client, listener, session, mechanism, outcome } = concluded;
  const fields = { event: "login", session, listener, client: formatIp(client), mechanism };
  if (outcome.kind === "success") {
    log.info({ ...fields, result: "good", account: outcome.account }, "logged in");
  } else {
    const { user, why } = outcome;
    log.warn({ ...fields, result: "refused", user, why }, "login refused");
  }
}
