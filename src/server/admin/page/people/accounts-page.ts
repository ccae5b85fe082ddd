// All accounts, those of a domain, or those that a search finds.

import { html } from "hono/html";
import { formatAddress } from "../../../../core/mail/address.ts";
import type { AccountsFound, AccountSummary, AccountWish } from "../../operations.ts";
import { type Cell, dataTable } from "../data-table.ts";
import type { Html } from "../html.ts";
import { href } from "../links.ts";
import { moment } from "../moments.ts";
import type { Page } from "../page.ts";
import { pager } from "../paging.ts";
import { badge, choiceField, textField } from "../parts.ts";
import { accountLink, paths, peopleNavigation } from "./people-links.ts";

export interface AccountsData {
  readonly wish: AccountWish;
  readonly from: number;
  readonly found: AccountsFound;
}

export const mostAccounts = 50;

export function accountsPage({ wish, from, found }: AccountsData): Page {
  const { accounts, total } = found;
  const paged = { from, shown: accounts.length, total, most: mostAccounts };
  return {
    title: "People",
    main: html`${peopleNavigation(paths.accounts)}
${searchForm(wish)}
${dataTable({
  caption: "Accounts",
  columns: [{ name: "Account" }, { name: "State" }, { name: "Added" }],
  rows: accounts.map(accountRow),
  empty: isAll(wish) ? "There are no accounts yet." : "No account is like that.",
})}
${pager(paged, (next) => urlOf(wish, next))}`,
  };
}

function isAll({ domain, text, only }: AccountWish): boolean {
  return domain === null && text === null && only === null;
}

function urlOf({ domain, text, only }: AccountWish, from: number): string {
  return href(paths.accounts, {
    q: text ?? "",
    domain: domain ?? "",
    only: only ?? "",
    from: from === 0 ? "" : String(from),
  });
}

function searchForm({ text, domain, only }: AccountWish): Html {
  const domainField =
    domain !== null && textField({ name: "domain", label: "Domain", value: domain });
  return html`<form method="get" action="${paths.accounts}" role="search"><div class="fields">
${textField({ name: "q", label: "Part of an address", value: text ?? "" })}
${domainField}
${choiceField({
  name: "only",
  label: "Show",
  options: [
    ["", "all"],
    ["stopped", "those whose sending is stopped"],
    ["disabled", "those that are disabled"],
  ],
  value: only ?? "",
})}</div><div class="buttons"><button>Search</button><a class="button primary" href="${paths.newAccount}">New account</a></div></form>`;
}

function accountRow(account: AccountSummary): readonly Cell[] {
  const { address, createdAt } = account;
  return [accountLink(formatAddress(address)), accountState(account), moment(createdAt)];
}

export function accountState({ stopped, disabled, canLogIn }: AccountSummary): Html {
  const sending = stopped !== null && badge("problem", "sending is stopped");
  const login = disabled
    ? badge("warning", "disabled")
    : canLogIn
      ? badge("ok", "may log in")
      : badge("quiet", "only receives");
  return html`${sending} ${login}`;
}
