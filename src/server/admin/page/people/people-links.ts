// Where the pages about people lie. Addresses may hold whatever they like: they go into the query.

import { type Address, formatAddress } from "../../../../core/mail/address.ts";
import { html } from "hono/html";
import { foreign, type Html } from "../html.ts";
import { href } from "../links.ts";

export const paths = {
  accounts: "/people",
  newAccount: "/people/new",
  account: "/people/account",
  password: "/people/account/password",
  disable: "/people/account/disable",
  enable: "/people/account/enable",
  release: "/people/account/release",
  remove: "/people/account/remove",
  addAddress: "/people/address/add",
  removeAddress: "/people/address/remove",
  addAppPassword: "/people/app-password/add",
  removeAppPassword: "/people/app-password/remove",
  domains: "/people/domains",
  addDomain: "/people/domains/add",
  removeDomain: "/people/domains/remove",
  forwards: "/people/forwards",
  addForward: "/people/forwards/add",
  removeForward: "/people/forwards/remove",
  grants: "/people/grants",
  addGrant: "/people/grants/add",
  revokeGrant: "/people/grants/revoke",
  report: "/people/grants/report",
  bans: "/people/bans",
  addBan: "/people/bans/add",
  liftBan: "/people/bans/lift",
} as const;

export function accountPath(account: Address | string): string {
  const address = typeof account === "string" ? account : formatAddress(account);
  return href(paths.account, { address });
}

export function accountLink(account: Address | string): Html {
  const address = typeof account === "string" ? account : formatAddress(account);
  return html`<a href="${accountPath(address)}">${foreign(address)}</a>`;
}

const parts = [
  [paths.accounts, "Accounts"],
  [paths.domains, "Domains"],
  [paths.forwards, "Forwards"],
  [paths.grants, "Grants"],
  [paths.report, "POP before SMTP"],
  [paths.bans, "Bans"],
] as const;

/** The pages of the section. */
export function peopleNavigation(current: string): Html {
  const items = parts.map(([path, name]) => {
    const mark = path === current && html` aria-current="page"`;
    return html`<li><a href="${path}"${mark}>${name}</a></li>`;
  });
  return html`<nav class="within" aria-label="People"><ul>${items}</ul></nav>`;
}
