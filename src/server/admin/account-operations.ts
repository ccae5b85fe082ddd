// The operator's acts on accounts: mailboxes, what they log in with, their further addresses.

import { formatAddress, mailboxKey, type Address } from "../../core/mail/address.ts";
import { patternKey } from "../../core/mail/address-pattern.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { mailboxFolder } from "../../io/maildir/mailbox-folder.ts";
import type { Account } from "../../io/store/account-store.ts";
import type { StoppedAccount } from "../../io/store/stop-store.ts";
import type { Store } from "../../io/store/store.ts";
import { createAccountImport } from "./account-import.ts";
import {
  type AccountSummary,
  MissingError,
  OperationError,
  type StoreOperations,
} from "./operations.ts";

export interface AccountOptions {
  readonly store: Store;
  /** Throws where the domain is not one whose accounts are here. */
  readonly requireAccountDomain: (name: Domain) => Promise<void>;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** A new, short id. */
  readonly newId: () => string;
  /** Something in the queue may be due now. */
  readonly onQueueChanged: () => void;
  /** The accounts whose sending is stopped, as a running server knows them. */
  readonly stops: Stops;
}

export interface Stops {
  list(): Promise<readonly StoppedAccount[]> | readonly StoppedAccount[];
  /** False where it is not stopped. */
  release(account: string): Promise<boolean>;
}

type AccountOperations = Pick<
  StoreOperations,
  | "accountAdd"
  | "accountImportCheck"
  | "accountImport"
  | "accountList"
  | "accountSearch"
  | "accountShow"
  | "accountSetCredentials"
  | "accountSetDisabled"
  | "accountRemove"
  | "accountRelease"
  | "addressAdd"
  | "addressList"
  | "addressRemove"
  | "appPasswordAdd"
  | "appPasswordList"
  | "appPasswordRemove"
>;

export function createAccountOperations(options: AccountOptions): AccountOperations {
  const { accounts, addresses, appPasswords } = options.store;

  async function requireAccount(address: Address): Promise<string> {
    const key = mailboxKey(address);
    if ((await accounts.find(key)) === undefined) throw noAccount(address);
    return key;
  }

  return {
    async accountAdd(address, credentials) {
      await options.requireAccountDomain(address.domain);
      const folder = mailboxFolder("mail", address);
      if (!folder.ok) throw new OperationError(folder.problem);
      const key = mailboxKey(address);
      const holder = await addresses.holderOf([key]);
      if (holder?.kind === "forward") {
        throw new OperationError(
          `mail for ${key} is sent on; take the forward away first: bailiwick forward remove ${key}`,
        );
      }
      if (holder !== undefined && holder.account !== key) {
        throw new OperationError(
          `${formatAddress(address)} is an address of ${holder.account}; take it away first: bailiwick address remove`,
        );
      }
      const createdAt = options.now();
      const added = await accounts.add({ address, credentials, disabled: false, createdAt });
      if (added === "exists") {
        throw new OperationError(`the account ${formatAddress(address)} exists already`);
      }
    },
    ...createAccountImport(options),
    async accountList(domain) {
      const list = await accounts.list(domain ?? undefined);
      return summarize(list, await options.stops.list());
    },
    async accountSearch({ domain, text, only }, page) {
      const stopped = await options.stops.list();
      const found = await accounts.page(
        {
          ...(domain !== null && { domain }),
          ...(text !== null && { text }),
          ...(only === "disabled" && { disabled: true }),
          ...(only === "stopped" && { keys: stopped.map(({ account }) => account) }),
        },
        page,
      );
      return { accounts: summarize(found.accounts, stopped), total: found.total };
    },
    async accountShow(address) {
      const found = await accounts.find(mailboxKey(address));
      if (found === undefined) return null;
      return summarize([found], await options.stops.list())[0] ?? null;
    },
    async accountSetCredentials(address, credentials) {
      if (await accounts.setCredentials(mailboxKey(address), credentials)) return;
      throw noAccount(address);
    },
    async accountSetDisabled(address, disabled) {
      if (await accounts.setDisabled(mailboxKey(address), disabled)) return;
      throw noAccount(address);
    },
    async accountRemove(address) {
      if (await accounts.remove(mailboxKey(address))) return;
      throw noAccount(address);
    },
    async accountRelease(address) {
      const account = mailboxKey(address);
      if (!(await options.stops.release(account))) {
        throw new MissingError(`the sending of ${formatAddress(address)} is not stopped`);
      }
      const released = await options.store.messages.release({ ids: "all", login: account });
      options.onQueueChanged();
      return released;
    },

    async addressAdd(address, account, kind) {
      const holder = await requireAccount(account);
      if (kind === "alias") await options.requireAccountDomain(address.domain);
      const key = patternKey(address);
      const added = await addresses.add({ key, account: holder, kind });
      if (added === "exists") throw new OperationError(`${holder} has the address ${key} already`);
      if (added === "taken") {
        throw new OperationError(`${key} is an account, a forward, or an address of another one`);
      }
    },
    async addressList(account) {
      return addresses.list(account === null ? undefined : await requireAccount(account));
    },
    async addressRemove(address, account) {
      const key = patternKey(address);
      if (await addresses.remove(key, mailboxKey(account))) return;
      throw new MissingError(`${formatAddress(account)} has no address ${key}`);
    },

    async appPasswordAdd(account, { name, scope, digest }) {
      const holder = await requireAccount(account);
      const createdAt = options.now();
      const password = { id: options.newId(), account: holder, name, scope, createdAt };
      if ((await appPasswords.add(password, digest)) === "added") return password;
      throw new OperationError(`${holder} has an app password named "${name}" already`);
    },
    async appPasswordList(account) {
      return appPasswords.list(account === null ? undefined : await requireAccount(account));
    },
    async appPasswordRemove(id) {
      if (await appPasswords.remove(id)) return;
      throw new MissingError(`there is no app password ${id}; see: bailiwick app-password list`);
    },
  };
}

function summarize(
  list: readonly Account[],
  stops: readonly StoppedAccount[],
): readonly AccountSummary[] {
  const stopped = new Map(stops.map((each) => [each.account, each]));
  return list.map(({ address, credentials, disabled, createdAt }) => {
    const stop = stopped.get(mailboxKey(address));
    return {
      address,
      canLogIn: credentials !== null && !disabled,
      disabled,
      stopped: stop === undefined ? null : { since: stop.since, why: stop.why },
      createdAt,
    };
  });
}

function noAccount(address: Address): MissingError {
  return new MissingError(`there is no account ${formatAddress(address)}`);
}
