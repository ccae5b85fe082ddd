// An account's further addresses and its app passwords.

import { formatAddress, parseAddress } from "../../../../core/mail/address.ts";
import { parseAddressPattern } from "../../../../core/mail/address-pattern.ts";
import { appPasswordDigest, newAppPassword } from "../../../../io/password/app-password.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { OperationError } from "../../operations.ts";
import { givenName, longestGivenName } from "../../given-name.ts";
import { scopeInWords } from "../../words/app-password-words.ts";
import { acted, field, misread, queryOf, routesOf, sentence } from "../acting.ts";
import { confirmPage } from "../confirm-page.ts";
import type { PageParts } from "../page-parts.ts";
import { plainPage } from "../plain-page.ts";
import { accountPath, paths } from "./people-links.ts";
import { secretPage } from "./secret-page.ts";

export function addressRoutes(parts: PageParts): readonly Route[] {
  const { get, post } = routesOf(parts);
  return [
    post(paths.addAddress, addAddress),
    get(paths.removeAddress, confirmAddress),
    post(paths.removeAddress, removeAddress),
    post(paths.addAppPassword, addAppPassword),
    get(paths.removeAppPassword, confirmAppPassword),
    post(paths.removeAppPassword, removeAppPassword),
  ];
}

const noAccount = "Write the account’s address.";

function addAddress(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const account = parseAddress(field(fields, "account"));
  if (!account.ok) return misread(context, parts, paths.accounts, noAccount);
  const next = accountPath(account.value);
  const key = field(fields, "key");
  const pattern = parseAddressPattern(key);
  if (pattern === undefined) {
    const text =
      "Write an address such as info@example.org, or @example.org for all the others there.";
    return misread(context, parts, next, text);
  }
  const kind = fields.get("kind") === "send-as" ? "send-as" : "alias";
  return acted(context, parts, next, async (can) => {
    await can.addressAdd(pattern, account.value, kind);
    return `${formatAddress(account.value)} has the address ${key} now.`;
  });
}

function confirmAddress(context: AdminContext, { show, csrf }: PageParts) {
  const query = queryOf(context);
  const [account, key] = [field(query, "account"), field(query, "key")];
  return show(
    context,
    confirmPage({
      title: `Take ${key} away?`,
      says: [
        `${account} may not send as ${key} any more.`,
        `Mail for ${key} does not come to it any more; where nobody else has the address, it is refused.`,
      ],
      action: paths.removeAddress,
      fields: { account, key },
      button: "Take it away",
      back: accountPath(account),
      csrf: csrf(context),
    }),
  );
}

function removeAddress(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const account = parseAddress(field(fields, "account"));
  const key = field(fields, "key");
  const pattern = parseAddressPattern(key);
  if (!account.ok || pattern === undefined)
    return misread(context, parts, paths.accounts, noAccount);
  return acted(context, parts, accountPath(account.value), async (can) => {
    await can.addressRemove(pattern, account.value);
    return `${formatAddress(account.value)} has the address ${key} no more.`;
  });
}

async function addAppPassword(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const account = parseAddress(field(fields, "account"));
  if (!account.ok) return misread(context, parts, paths.accounts, noAccount);
  const next = accountPath(account.value);
  const name = givenName(field(fields, "name"));
  if (name === undefined) {
    const text = `Say in up to ${longestGivenName} characters what it is for, such as "scanner".`;
    return misread(context, parts, next, text);
  }
  const wanted = fields.get("scope");
  const scope = wanted === "all" || wanted === "read" ? wanted : "send";
  const password = newAppPassword();
  const digest = appPasswordDigest(password) ?? "";
  try {
    await parts.operations(context).appPasswordAdd(account.value, { name, scope, digest });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return misread(context, parts, next, sentence(error.message));
  }
  const what = `A password of ${formatAddress(account.value)} for ${name}, good for ${scopeInWords[scope]}.`;
  return parts.show(context, secretPage({ title: "A new app password", what, password, next }));
}

async function confirmAppPassword(context: AdminContext, { show, operations, csrf }: PageParts) {
  const query = queryOf(context);
  const [account, id] = [field(query, "account"), field(query, "id")];
  const found = (await operations(context).appPasswordList(null)).find((each) => each.id === id);
  if (found === undefined) {
    const way = { path: accountPath(account), words: "Back to the account" };
    const text = "It may have been removed meanwhile.";
    return show(context, plainPage("There is no such app password", text, way), 404);
  }
  return show(
    context,
    confirmPage({
      title: `Remove the app password for ${found.name}?`,
      says: [
        `${found.name} cannot log in as ${found.account} any more; it needs another password.`,
        `All open sessions of ${found.account} end, and its grants with them.`,
      ],
      action: paths.removeAppPassword,
      fields: { account: found.account, id },
      button: "Remove",
      back: accountPath(found.account),
      csrf: csrf(context),
    }),
  );
}

function removeAppPassword(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const next = accountPath(field(fields, "account"));
  return acted(context, parts, next, async (can) => {
    await can.appPasswordRemove(field(fields, "id"));
    return "The app password is removed.";
  });
}
