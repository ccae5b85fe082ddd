// Our own accounts as a source of logins: the account's password, or one of its app passwords.

import { errorText } from "../../core/error-text.ts";
import { type Address, formatAddress, mailboxKey, parseAddress } from "../../core/mail/address.ts";
import {
  type LoginAccount,
  type LoginFailure,
  type LoginOutcome,
  type LoginRequest,
  type LoginSource,
  noFlags,
} from "../../core/login/source.ts";
import { saslPrep } from "../../core/sasl/prepare.ts";
import { appPasswordDigest } from "../../io/password/app-password.ts";
import type { PasswordHashes } from "../../io/password/hashes.ts";
import type { Account } from "../../io/store/account-store.ts";
import type { AppPasswordScope } from "../../io/store/app-password-store.ts";
import type { Store } from "../../io/store/store.ts";

export interface AccountsSourceOptions {
  readonly store: Pick<Store, "accounts" | "appPasswords">;
  readonly hashes: PasswordHashes;
}

/** An account that has no password of its own is unknown here: a classic source may know it. */
export function createAccountsSource({ store, hashes }: AccountsSourceOptions): LoginSource {
  async function verify(request: LoginRequest): Promise<LoginOutcome> {
    const address = parseAddress(request.login);
    if (!address.ok) return unknown("the login is no address");
    const key = mailboxKey(address.value);
    const account = await store.accounts.find(key);
    if (account?.disabled === true) {
      await hashes.pretend(request.password);
      return refused("the account is disabled");
    }
    const scope = account && (await appPasswordScope(key, request));
    if (account !== undefined && scope !== undefined) return good(account, { scope });
    if (account === undefined || account.credentials === null) {
      return unknown("no account with a password");
    }
    return check(account, account.credentials.password, request.password);
  }

  /** Undefined where it is none of the account's, or not meant for this. */
  async function appPasswordScope(
    key: string,
    request: LoginRequest,
  ): Promise<AppPasswordScope | undefined> {
    const digest = appPasswordDigest(request.password);
    const found = digest === undefined ? undefined : await store.appPasswords.find(digest);
    return found?.account === key && mayBeUsed(found.scope, request) ? found.scope : undefined;
  }

  async function check(account: Account, hash: string, password: string): Promise<LoginOutcome> {
    const verdict = await hashes.verify(saslPrep(password) ?? password, hash);
    switch (verdict.result) {
      case "matches":
        return good(account, { passwordKind: verdict.kind });
      case "differs":
        return refused("wrong password");
      case "unusable":
        return refused(verdict.why);
      case "unavailable":
        return { result: "temporary", why: verdict.why, fault: "busy" };
    }
  }

  return {
    name: "accounts",
    async verify(request) {
      try {
        return await verify(request);
      } catch (error) {
        return { result: "temporary", why: errorText(error), fault: "unavailable" };
      }
    },
    /** Asked before the others, so that whom we know nobody else lets in. */
    async clearPassword({ login }) {
      try {
        const address = parseAddress(login);
        const account = address.ok && (await store.accounts.find(mailboxKey(address.value)));
        if (!account) return unknown("no such account");
        if (account.disabled) return refused("the account is disabled");
        // Without a password of its own it leaves that to the place where its user is known.
        if (account.credentials === null) return unknown("no account with a password");
        return refused("no password is kept in clear");
      } catch (error) {
        return { result: "temporary", why: errorText(error), fault: "unavailable" };
      }
    },
    async close() {},
  };
}

function mayBeUsed(scope: AppPasswordScope, { service }: LoginRequest): boolean {
  return scope === "all" || (scope === "send") === (service === "smtp");
}

interface By {
  /** Of the app password. */
  readonly scope?: AppPasswordScope;
  readonly passwordKind?: string;
}

function good({ address }: Account, { scope, passwordKind }: By): LoginOutcome {
  const account: LoginAccount = {
    name: nameOf(address),
    addresses: [address],
    // What may only be read with sends nothing by way of a grant either.
    flags: { ...noFlags, noRelay: scope === "read" },
    ...(passwordKind !== undefined && { passwordKind }),
  };
  return { result: "good", account };
}

/** One account has one name, however it is written at a login. */
function nameOf(address: Address): string {
  return formatAddress({ ...address, local: address.local.toLowerCase() });
}

function unknown(why: string): LoginFailure {
  return { result: "unknown", why };
}

function refused(why: string): LoginFailure {
  return { result: "refused", why };
}
