// Accounts: found, made, changed and removed.

import {
  formatAddress,
  mailboxKey,
  parseAddress,
  type Address,
} from "../../../../core/mail/address.ts";
import { parseDomain } from "../../../../core/mail/domain.ts";
import { newAppPassword } from "../../../../io/password/app-password.ts";
import { makeCredentials } from "../../../../io/password/credentials.ts";
import type { Credentials } from "../../../../io/store/account-store.ts";
import { bad, good, type Result } from "../../../../core/result.ts";
import type { AdminContext, Route } from "../../http/route.ts";
import { type AccountWish, OperationError } from "../../operations.ts";
import type { ServerOperations } from "../../server-operations.ts";
import { acted, field, misread, queryOf, routesOf, sentence } from "../acting.ts";
import type { PageParts } from "../page-parts.ts";
import { readFrom } from "../paging.ts";
import { plainPage } from "../plain-page.ts";
import { accountPage } from "./account-page.ts";
import { accountsPage, mostAccounts } from "./accounts-page.ts";
import { confirmDisable, confirmRelease, confirmRemoval } from "./confirmations.ts";
import { emptyAccount, newAccountPage, type NewAccountForm } from "./new-account-page.ts";
import { accountPath, paths } from "./people-links.ts";
import { secretPage } from "./secret-page.ts";

export function accountRoutes(parts: PageParts): readonly Route[] {
  const { get, post } = routesOf(parts);
  return [
    get(paths.accounts, showAccounts),
    get(paths.newAccount, showNew),
    post(paths.newAccount, create),
    get(paths.account, (context) => withAccount(context, parts, showAccount)),
    post(paths.password, setPassword),
    get(paths.disable, (context) => withAccount(context, parts, confirmDisable)),
    post(paths.disable, (context, _, fields) => setDisabled(context, parts, fields, true)),
    post(paths.enable, (context, _, fields) => setDisabled(context, parts, fields, false)),
    get(paths.release, (context) => withAccount(context, parts, confirmRelease)),
    post(paths.release, release),
    get(paths.remove, (context) => withAccount(context, parts, confirmRemoval)),
    post(paths.remove, remove),
  ];
}

async function showAccounts(context: AdminContext, { show, operations }: PageParts) {
  const query = queryOf(context);
  const from = readFrom(query.get("from"));
  const only = query.get("only");
  const text = field(query, "q");
  const wish: AccountWish = {
    domain: parseDomain(field(query, "domain")) ?? null,
    text: text === "" ? null : text,
    only: only === "stopped" || only === "disabled" ? only : null,
  };
  const page = { limit: mostAccounts, offset: from };
  const found = await operations(context).accountSearch(wish, page);
  return show(context, accountsPage({ wish, from, found }));
}

function showNew(context: AdminContext, { show, csrf }: PageParts) {
  const address = field(queryOf(context), "address");
  const form = { ...emptyAccount, address };
  return show(context, newAccountPage({ form, problems: {}, csrf: csrf(context) }));
}

const noAddress = "Write an address such as ann@example.org.";

async function create(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const { show, operations, csrf, leadTo } = parts;
  const wanted = fields.get("with");
  const form: NewAccountForm = {
    address: field(fields, "address"),
    password: wanted === "given" || wanted === "none" ? wanted : "made",
  };
  const again = (problems: { address?: string; password?: string }) =>
    show(context, newAccountPage({ form, problems, csrf: csrf(context) }), 400);
  const address = parseAddress(form.address);
  if (!address.ok) return again({ address: noAddress });
  const chosen = await choosePassword(form, fields.get("password") ?? "");
  if (!chosen.ok) return again({ password: chosen.problem });
  const { made, credentials } = chosen.value;
  try {
    await operations(context).accountAdd(address.value, credentials);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return again({ address: sentence(error.message) });
  }
  const name = formatAddress(address.value);
  const next = accountPath(name);
  if (made === undefined) return leadTo(context, next, { tone: "ok", text: `${name} is created.` });
  const what = `${name} is created, and logs in with this password.`;
  return show(context, secretPage({ title: "A new account", what, password: made, next }));
}

interface Chosen {
  /** The password, where it was made here. */
  readonly made?: string;
  readonly credentials: Credentials | null;
}

async function choosePassword(
  { password }: Pick<NewAccountForm, "password">,
  given: string,
): Promise<Result<Chosen, string>> {
  if (password === "none") return good({ credentials: null });
  if (password === "given" && given === "") return bad("Write a password, or have one made.");
  // Of the shape of an app password, which nobody guesses and everybody can type.
  const made = password === "made" ? newAppPassword() : undefined;
  const credentials = await makeCredentials(made ?? given);
  if (!credentials.ok) return bad(sentence(credentials.problem));
  return good({ credentials: credentials.value, ...(made !== undefined && { made }) });
}

type ShowOne = (
  context: AdminContext,
  parts: PageParts,
  address: Address,
) => Promise<Response | undefined>;

/** A page about the account that the query names; where it is gone, a page that says so. */
async function withAccount(
  context: AdminContext,
  parts: PageParts,
  showOne: ShowOne,
): Promise<Response> {
  const name = field(queryOf(context), "address");
  const address = parseAddress(name);
  const answer = address.ok ? await showOne(context, parts, address.value) : undefined;
  if (answer !== undefined) return answer;
  const text = `There is no account ${name}. It may have been removed meanwhile.`;
  const way = { path: paths.accounts, words: "To the accounts" };
  return parts.show(context, plainPage("No such account", text, way), 404);
}

async function showAccount(context: AdminContext, parts: PageParts, address: Address) {
  const { show, operations, csrf, now } = parts;
  const can = operations(context);
  const account = await can.accountShow(address);
  if (account === null) return undefined;
  const key = mailboxKey(address);
  const [addresses, appPasswords, forwards, grants, held] = await Promise.all([
    ifThere(can.addressList(address)),
    ifThere(can.appPasswordList(address)),
    can.forwardSearch({ text: null, about: address }, { limit: 100, offset: 0, targets: 0 }),
    can.grantList({ client: null, account: key }, false),
    account.stopped === null ? 0 : can.queueCount("release", { ids: "all", login: key }),
  ]);
  const data = { account, addresses, appPasswords, forwards: forwards.forwards, grants, held };
  return show(context, accountPage({ ...data, now: now(), csrf: csrf(context) }));
}

/** Of an account that is removed at this moment there is nothing. */
async function ifThere<Entry>(list: Promise<readonly Entry[]>): Promise<readonly Entry[]> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof OperationError) return [];
    throw error;
  }
}

async function setPassword(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  const { show, operations } = parts;
  const name = field(fields, "address");
  const address = parseAddress(name);
  if (!address.ok) return misread(context, parts, paths.accounts, noAddress);
  const given = fields.get("password") ?? "";
  const next = accountPath(name);
  const chosen = await choosePassword({ password: given === "" ? "made" : "given" }, given);
  if (!chosen.ok) return misread(context, parts, next, chosen.problem);
  const { made, credentials } = chosen.value;
  const set = (can: ServerOperations) => can.accountSetCredentials(address.value, credentials);
  if (made === undefined) {
    return acted(context, parts, next, async (can) => {
      await set(can);
      return `The password of ${name} is changed; its open sessions and its grants have ended.`;
    });
  }
  try {
    await set(operations(context));
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return misread(context, parts, paths.accounts, sentence(error.message));
  }
  const what = `${name} has a new password; its open sessions and its grants have ended.`;
  return show(context, secretPage({ title: "A new password", what, password: made, next }));
}

/** Acts on the account that a form names. */
function onAccount(
  context: AdminContext,
  parts: PageParts,
  fields: URLSearchParams,
  act: (can: ServerOperations, address: Address, name: string) => Promise<string>,
  next: (name: string) => string = accountPath,
): Response | Promise<Response> {
  const address = parseAddress(field(fields, "address"));
  if (!address.ok) return misread(context, parts, paths.accounts, noAddress);
  const name = formatAddress(address.value);
  return acted(context, parts, next(name), (can) => act(can, address.value, name));
}

function setDisabled(
  context: AdminContext,
  parts: PageParts,
  fields: URLSearchParams,
  disabled: boolean,
) {
  return onAccount(context, parts, fields, async (can, address, name) => {
    await can.accountSetDisabled(address, disabled);
    return disabled ? `Nobody can log in to ${name} now.` : `${name} may log in again.`;
  });
}

function release(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  return onAccount(context, parts, fields, async (can, address, name) => {
    const count = await can.accountRelease(address);
    const messages = count === 1 ? "1 held message goes" : `${count} held messages go`;
    return `${name} may send again; ${messages} on.`;
  });
}

function remove(context: AdminContext, parts: PageParts, fields: URLSearchParams) {
  return onAccount(
    context,
    parts,
    fields,
    async (can, address, name) => {
      await can.accountRemove(address);
      return `${name} is removed; its mailbox folder was left as it is.`;
    },
    () => paths.accounts,
  );
}
