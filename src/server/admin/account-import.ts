// Many accounts at once: all of them, or none.

import { mailboxKey } from "../../core/mail/address.ts";
import { patternKey } from "../../core/mail/address-pattern.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { mailboxFolder } from "../../io/maildir/mailbox-folder.ts";
import type { Holder } from "../../io/store/address-store.ts";
import type { AccountOptions } from "./account-operations.ts";
import {
  type AccountNames,
  type ImportProblem,
  OperationError,
  type StoreOperations,
} from "./operations.ts";

type ImportOptions = Pick<AccountOptions, "store" | "requireAccountDomain" | "now">;

export function createAccountImport({
  store: { accounts, addresses },
  requireAccountDomain,
  now,
}: ImportOptions): Pick<StoreOperations, "accountImportCheck" | "accountImport"> {
  /** What is wrong with each of the domains that has no accounts here. */
  async function checkDomains(list: readonly AccountNames[]): Promise<ReadonlyMap<Domain, string>> {
    const problems = new Map<Domain, string>();
    for (const domain of new Set(list.flatMap(domainsOf))) {
      try {
        await requireAccountDomain(domain);
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
        problems.set(domain, error.message);
      }
    }
    return problems;
  }

  async function accountImportCheck(
    list: readonly AccountNames[],
  ): Promise<readonly ImportProblem[]> {
    const domains = await checkDomains(list);
    const holders = await addresses.holders(list.flatMap(keysOf));
    return list.flatMap((account, index) => {
      const problem = objectTo(account, domains, holders);
      return problem === undefined ? [] : [{ index, problem }];
    });
  }

  return {
    accountImportCheck,
    async accountImport(list) {
      const problems = await accountImportCheck(list);
      if (problems.length > 0) return problems;
      const createdAt = now();
      const added = await accounts.addAll(
        list.map(({ address, aliases, credentials }) => ({
          address,
          credentials,
          disabled: false,
          createdAt,
          aliases: aliases.map(patternKey),
        })),
      );
      if (added === "added") return [];
      throw new OperationError("an account was added meanwhile by somebody else; try again");
    },
  };
}

function domainsOf({ address, aliases }: AccountNames): readonly Domain[] {
  return [address.domain, ...aliases.map(({ domain }) => domain)];
}

function keysOf({ address, aliases }: AccountNames): readonly string[] {
  return [mailboxKey(address), ...aliases.map(patternKey)];
}

function objectTo(
  account: AccountNames,
  domains: ReadonlyMap<Domain, string>,
  holders: ReadonlyMap<string, Holder>,
): string | undefined {
  const bad = domainsOf(account).find((domain) => domains.has(domain));
  if (bad !== undefined) return domains.get(bad);
  const folder = mailboxFolder("mail", account.address);
  if (!folder.ok) return folder.problem;
  const taken = keysOf(account).find((key) => holders.has(key));
  if (taken === undefined) return undefined;
  const holder = holders.get(taken);
  if (holder?.kind === "forward") return `mail for ${taken} is sent on already`;
  return holder?.account === taken
    ? `there is an account ${taken} already`
    : `${taken} is an address of ${holder?.account} already`;
}
