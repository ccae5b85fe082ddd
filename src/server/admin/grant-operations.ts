// The operator's acts on grants: on those of a running server, or on what the store has of them.

import type { Grant } from "../../core/grants/grant.ts";
import { type Address, mailboxKey } from "../../core/mail/address.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { formatIp, isSameIp } from "../../core/mail/ip.ts";
import { accountKey } from "../../core/mail/account-key.ts";
import type { RoamingGrants } from "../grants/roaming-grants.ts";
import {
  type GrantOperations,
  type GrantView,
  MissingError,
  OperationError,
  type StoreOperations,
} from "./operations.ts";

export interface GrantOptions {
  readonly grants: () => RoamingGrants | Promise<RoamingGrants>;
  readonly isOurs: (domain: Domain) => boolean | Promise<boolean>;
  /** UTC milliseconds. */
  readonly now: () => number;
}

const dayLength = 86_400_000;

export function createGrantOperations({ grants, isOurs, now }: GrantOptions): GrantOperations {
  return {
    async grantList({ client, account }, over) {
      const register = await grants();
      return register
        .list()
        .filter((grant) => client === null || isSameIp(grant.client, client))
        .filter((grant) => account === null || grant.account === accountKey(account))
        .map((grant) => viewOf(grant, register, now()))
        .filter(({ state }) => over || state === "open" || state === "closed")
        .toSorted((one, other) => one.openedAt - other.openedAt);
    },
    async grantAdd(client, account, length) {
      const register = await grants();
      if (!(await isOurs(account.domain))) {
        throw new OperationError(
          `${account.domain} is not one of our domains; see: bailiwick domain list`,
        );
      }
      const key = mailboxKey(account);
      const result = register.open({ source: "operator", account: key, client, at: now() }, length);
      if (!result.granted) {
        throw new OperationError(`${formatIp(client)} may not relay for ${key}: ${result.why}`);
      }
      await register.flush();
      const mine = register
        .list()
        .filter((grant) => grant.account === key && isSameIp(grant.client, client))
        .filter((grant) => grant.revokedAt === null && grant.lifetime === length)
        .toSorted((one, other) => other.heardAt - one.heardAt)[0];
      if (mine === undefined) throw new OperationError("the grant was revoked just now");
      return viewOf(mine, register, now());
    },
    async grantRevoke(selection) {
      const register = await grants();
      const revoked = await register.revoke(selection);
      if (revoked.length > 0) return revoked.map((grant) => viewOf(grant, register, now()));
      const name = "name" in selection ? selection.name : formatIp(selection.client);
      throw new MissingError(`there is no grant for ${name}; see: bailiwick grants list --all`);
    },
    async grantReport(days) {
      const since = new Date(now() - (days - 1) * dayLength).toISOString().slice(0, 10);
      return (await grants()).uses(since);
    },
  };
}

function viewOf(grant: Grant, register: RoamingGrants, utc: number): GrantView {
  const lifetime = grant.lifetime ?? register.settings?.lifetime ?? 0;
  const expiresAt = grant.endedAt === null ? null : grant.endedAt + lifetime;
  const bar = register.barOf(grant) ?? null;
  return { ...grant, state: stateOf(grant, expiresAt, utc), expiresAt, bar };
}

function stateOf({ revokedAt }: Grant, expiresAt: number | null, utc: number): GrantView["state"] {
  if (revokedAt !== null) return "revoked";
  if (expiresAt === null) return "open";
  return utc < expiresAt ? "closed" : "over";
}

type AccountChanges = Pick<
  StoreOperations,
  | "accountRemove"
  | "accountSetDisabled"
  | "accountSetCredentials"
  | "appPasswordList"
  | "appPasswordRemove"
>;

/** An account that is closed, removed or has a new password, or one password less, loses its grants: they
 * came from logins that are not good any more. */
export function revokingGrants(
  operations: AccountChanges,
  grants: () => RoamingGrants | Promise<RoamingGrants>,
): AccountChanges {
  const revokeOf = async (account: string) => {
    const register = await grants();
    // Those too that another host has given a moment ago; where that is not heard, it follows.
    await register.look().catch(() => {});
    await register.revoke({ name: account });
  };
  const revoke = (address: Address) => revokeOf(mailboxKey(address));
  return {
    async accountRemove(address) {
      await operations.accountRemove(address);
      await revoke(address);
    },
    async accountSetDisabled(address, disabled) {
      await operations.accountSetDisabled(address, disabled);
      if (disabled) await revoke(address);
    },
    async accountSetCredentials(address, credentials) {
      await operations.accountSetCredentials(address, credentials);
      await revoke(address);
    },
    appPasswordList: (account) => operations.appPasswordList(account),
    async appPasswordRemove(id) {
      const removed = (await operations.appPasswordList(null)).find((each) => each.id === id);
      await operations.appPasswordRemove(id);
      if (removed !== undefined) await revokeOf(removed.account);
    },
  };
}
