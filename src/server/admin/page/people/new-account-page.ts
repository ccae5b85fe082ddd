// Makes an account: with a password that is given, or with one that is made and shown once.

import { html } from "hono/html";
import type { Page } from "../page.ts";
import { actForm, choiceField, textField } from "../parts.ts";
import { paths, peopleNavigation } from "./people-links.ts";

type PasswordWish = "made" | "given" | "none";

export interface NewAccountForm {
  readonly address: string;
  readonly password: PasswordWish;
}

export interface NewAccountData {
  readonly form: NewAccountForm;
  /** What is wrong with it. */
  readonly problems: { readonly address?: string; readonly password?: string };
  readonly csrf: string;
}

export const emptyAccount: NewAccountForm = { address: "", password: "made" };

export function newAccountPage({ form, problems, csrf }: NewAccountData): Page {
  const fields = html`<div class="fields">
${textField({ name: "address", label: "Address", value: form.address, placeholder: "ann@example.org", required: true, problem: problems.address })}
${choiceField({
  name: "with",
  label: "Password",
  options: [
    ["made", "make one, and show it once"],
    ["given", "the one below"],
    ["none", "none: it only receives"],
  ],
  value: form.password,
})}
${textField({ name: "password", label: "Password of your choice", type: "password", autocomplete: "new-password", problem: problems.password })}
</div>
<div class="buttons"><button class="primary">Create the account</button><a class="button" href="${paths.accounts}">Back</a></div>`;
  return {
    title: "New account",
    main: html`${peopleNavigation(paths.newAccount)}<div class="panel">${actForm(paths.newAccount, csrf, fields)}</div>`,
  };
}
