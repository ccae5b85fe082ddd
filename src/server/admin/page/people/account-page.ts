// One account: its state, its addresses, its app passwords, and what else leads to it.

import { html } from "hono/html";
import { formatAddress, mailboxKey } from "../../../../core/mail/address.ts";
import type { ForwardRule } from "../../../../core/forwards/forward.ts";
import type { AccountAddress } from "../../../../io/store/address-store.ts";
import type { AppPassword } from "../../../../io/store/app-password-store.ts";
import type { AccountSummary, GrantView } from "../../operations.ts";
import { describeLastUse, scopeInWords } from "../../words/app-password-words.ts";
import { dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { href } from "../links.ts";
import { moment } from "../moments.ts";
import type { Page } from "../page.ts";
import { actForm, choiceField, facts, notice, textField } from "../parts.ts";
import { accountState } from "./accounts-page.ts";
import { grantTable } from "./grants-page.ts";
import { paths, peopleNavigation } from "./people-links.ts";

export interface AccountData {
  readonly account: AccountSummary;
  readonly addresses: readonly AccountAddress[];
  /** Those that lead to it, or keep copies in it, or are in its own name. */
  readonly forwards: readonly ForwardRule[];
  readonly appPasswords: readonly AppPassword[];
  readonly grants: readonly GrantView[];
  /** Its messages that are held. */
  readonly held: number;
  readonly now: number;
  readonly csrf: string;
}

export function accountPage(data: AccountData): Page {
  const { account } = data;
  const name = formatAddress(account.address);
  return {
    title: name,
    main: html`${peopleNavigation("")}
${account.stopped !== null && stoppedNotice(data, name)}
<div class="panel">${facts([
      ["State", accountState(account)],
      ["Added", moment(account.createdAt)],
    ])}</div>
${acts(data, name)}
${addressPart(data, name)}
${forwardPart(data)}
${appPasswordPart(data, name)}
${grantPart(data)}`,
  };
}

function stoppedNotice({ account: { stopped }, held }: AccountData, name: string): Html {
  const messages = held === 1 ? "1 message of it is held" : `${held} messages of it are held`;
  return notice(
    "problem",
    html`<p>Its sending is stopped since ${stopped && moment(stopped.since)}: ${foreign(stopped?.why ?? "")}. ${messages}.</p>
<p>First set another password, and delete <a href="${href("/queue", { login: name })}">what is not its user’s</a>. Then <a href="${href(paths.release, { address: name })}">let it send again</a>.</p>`,
  );
}

function acts({ account: { disabled }, csrf }: AccountData, name: string): Html {
  const hidden = html`<input type="hidden" name="address" value="${name}">`;
  const password = html`${hidden}<div class="fields">${textField({
    name: "password",
    label: "New password",
    type: "password",
    autocomplete: "new-password",
    hint: "Leave it empty to have one made and shown once.",
  })}</div><div class="buttons"><button>Set the password</button></div>`;
  const able = disabled
    ? actForm(paths.enable, csrf, html`${hidden}<button>Enable</button>`)
    : html`<a class="button" href="${href(paths.disable, { address: name })}">Disable</a>`;
  return html`<h2>Logging in</h2>
<div class="panel">${actForm(paths.password, csrf, password)}</div>
<div class="panel"><div class="buttons">${able}<a class="button danger" href="${href(paths.remove, { address: name })}">Remove the account</a></div></div>`;
}

const kinds = {
  alias: "mail for it comes here, and it may be sent as",
  "send-as": "may be sent as, and no more",
} as const;

function addressPart({ addresses, csrf }: AccountData, account: string): Html {
  const table = dataTable({
    caption: "Further addresses",
    columns: [{ name: "Address" }, { name: "What for" }, { name: "", kind: "control" }],
    rows: addresses.map(({ key, kind }) => [
      foreign(key),
      kinds[kind],
      html`<a class="button" href="${href(paths.removeAddress, { account, key })}">Remove<span class="unseen"> ${key}</span></a>`,
    ]),
    empty: "It has no address but its own.",
  });
  const form = html`<input type="hidden" name="account" value="${account}"><div class="fields">
${textField({ name: "key", label: "Another address", placeholder: "info@example.org", hint: "@example.org is every address there that nobody has." })}
${choiceField({
  name: "kind",
  label: "What for",
  options: [
    ["alias", "mail for it comes here"],
    ["send-as", "it may be sent as, and no more"],
  ],
  value: "alias",
})}</div><div class="buttons"><button>Add the address</button></div>`;
  return html`<h2>Further addresses</h2>${table}<div class="panel">${actForm(paths.addAddress, csrf, form)}</div>`;
}

function forwardPart({ forwards, account }: AccountData): Html {
  if (forwards.length === 0) return html``;
  const own = mailboxKey(account.address);
  const rows = forwards.map((forward) => [
    html`<a href="${href(paths.forwards, { q: forward.key })}">${foreign(forward.key)}</a>`,
    forward.key === own
      ? forward.keep === own
        ? "its mail is sent on, and a copy stays"
        : "its mail is sent on, and none of it stays"
      : forward.keep === own
        ? "a copy is kept here"
        : "it is sent on to here",
  ]);
  return html`<h2>Forwards</h2>${dataTable({
    caption: "Forwards that concern it",
    columns: [{ name: "Forward" }, { name: "How" }],
    rows,
    empty: "",
  })}`;
}

function appPasswordPart({ appPasswords, csrf }: AccountData, account: string): Html {
  const table = dataTable({
    caption: "App passwords",
    columns: [
      { name: "For" },
      { name: "Good for" },
      { name: "Added" },
      { name: "Last used" },
      { name: "", kind: "control" },
    ],
    rows: appPasswords.map((password) => [
      foreign(password.name),
      scopeInWords[password.scope],
      moment(password.createdAt),
      foreign(describeLastUse(password)),
      html`<a class="button" href="${href(paths.removeAppPassword, { account, id: password.id })}">Remove<span class="unseen"> ${password.name}</span></a>`,
    ]),
    empty: "No device has a password of its own.",
  });
  const form = html`<input type="hidden" name="account" value="${account}"><div class="fields">
${textField({ name: "name", label: "For which device or program", placeholder: "scanner, 2nd floor" })}
${choiceField({
  name: "scope",
  label: "Good for",
  options: [
    ["send", scopeInWords.send],
    ["read", scopeInWords.read],
    ["all", scopeInWords.all],
  ],
  value: "send",
})}</div><div class="buttons"><button>Make a password</button></div>`;
  return html`<h2>App passwords</h2>${table}<div class="panel">${actForm(paths.addAppPassword, csrf, form)}</div>`;
}

function grantPart({ grants, now }: AccountData): Html {
  if (grants.length === 0) return html``;
  return html`<h2>Grants</h2><p class="lead">Addresses from which it may relay, because its mail was read from there.</p>${grantTable(grants, now)}`;
}
