// `/login`, `/logout` and `/password`: how an operator gets in to the page, and out.

import { isLoopback } from "../../../core/mail/ip.ts";
import { hashOperatorPassword } from "../../../io/password/operator-password.ts";
import type { LoginResult, OperatorLogins } from "../access/operator-logins.ts";
import type { PageSessions } from "../access/page-sessions.ts";
import type { OperationsFor } from "../act-for.ts";
import { dropCookie, readCookie, writeCookie } from "./cookie.ts";
import { formToken, readForm, readOpenForm } from "./form.ts";
import type { Look, PasswordView } from "./look.ts";
import type { AdminContext, Route } from "./route.ts";

export interface LoginRouteOptions {
  readonly sessions: PageSessions;
  readonly logins: OperatorLogins;
  readonly operationsFor: OperationsFor;
  readonly look: Look;
}

const words: Readonly<Record<Exclude<LoginResult, "in">, string>> = {
  wrong: "The name or the password is wrong.",
  banned: "There were too many wrong logins, from here or as this operator. Try again later.",
  later: "This cannot be checked at the moment. Try again in a few seconds.",
};
const statuses = { wrong: 401, banned: 429, later: 503 } as const;

export function loginRoutes(options: LoginRouteOptions): readonly Route[] {
  return [
    { method: "GET", path: "/login", access: "open", handle: (context) => show(context, options) },
    {
      method: "POST",
      path: "/login",
      access: "open",
      handle: (context) => logIn(context, options),
    },
    {
      method: "POST",
      path: "/logout",
      access: "page",
      async handle(context) {
        const form = await readForm(context);
        if (!form.ok) return form.problem;
        await end(context, options);
        dropCookie(context);
        return context.redirect("/login", 303);
      },
    },
    ...passwordRoutes(options),
  ];
}

/** Whoever is logged in needs no form. */
async function show(context: AdminContext, options: LoginRouteOptions): Promise<Response> {
  const { sessions, look } = options;
  const next = localPath(context.req.query("next"));
  if (!isSafe(context)) return context.html(look.login({}), 403);
  const secret = readCookie(context);
  if (secret !== undefined && (await sessions.find(secret))) return context.redirect(next, 303);
  return context.html(look.login({ form: { next, name: "" } }));
}

async function logIn(context: AdminContext, options: LoginRouteOptions): Promise<Response> {
  const { sessions, logins, look } = options;
  if (!isSafe(context)) return context.html(look.login({}), 403);
  const form = await readOpenForm(context);
  if (!form.ok) return form.problem;
  const { client } = context.env;
  const name = form.value.get("name") ?? "";
  const next = localPath(form.value.get("next") ?? undefined);
  const result = await logins.try({ name, password: form.value.get("password") ?? "", client });
  if (result !== "in") {
    const view = { form: { next, name: name.slice(0, 64) }, problem: words[result] };
    if (result === "later") context.header("retry-after", "10");
    return context.html(look.login(view), statuses[result]);
  }
  // What somebody else may have put into the browser before is good for nothing.
  await end(context, options);
  writeCookie(context, await sessions.begin(name, client));
  return context.redirect(next, 303);
}

function passwordView(context: AdminContext): Pick<PasswordView, "operator" | "csrf"> {
  return { operator: context.get("actor").name, csrf: formToken(context) };
}

function passwordRoutes(options: LoginRouteOptions): readonly Route[] {
  const { look } = options;
  return [
    {
      method: "GET",
      path: "/password",
      access: "page",
      handle: (context) => context.html(look.password(passwordView(context))),
    },
    {
      method: "POST",
      path: "/password",
      access: "page",
      async handle(context) {
        const form = await readForm(context);
        if (!form.ok) return form.problem;
        const problem = await changePassword(context, form.value, options);
        if (problem === undefined) return context.redirect("/", 303);
        return context.html(look.password({ ...passwordView(context), problem }), 400);
      },
    },
  ];
}

/** What is wrong; undefined where it is changed. */
async function changePassword(
  context: AdminContext,
  form: URLSearchParams,
  { logins, operationsFor }: LoginRouteOptions,
): Promise<string | undefined> {
  const actor = context.get("actor");
  const [password, again] = [form.get("new") ?? "", form.get("again")];
  if (password !== again) return "The two new passwords differ.";
  const { client } = context.env;
  const current = form.get("current") ?? "";
  const result = await logins.try({ name: actor.name, password: current, client });
  if (result !== "in") return result === "wrong" ? "The password is wrong." : words[result];
  const hash = await hashOperatorPassword(password);
  if (!hash.ok) return hash.problem;
  const except = context.get("session")?.digest ?? null;
  await operationsFor(actor).operatorSetPassword(actor.name, hash.value, except);
  return undefined;
}

async function end(context: AdminContext, { sessions }: LoginRouteOptions): Promise<void> {
  const secret = readCookie(context);
  if (secret !== undefined) await sessions.end(secret);
}

/** Whether nobody on the way can read along. */
function isSafe({ env }: AdminContext): boolean {
  return env.isEncrypted || isLoopback(env.client);
}

/** A path of ours, never a way to another site. */
function localPath(text: string | undefined): string {
  return text !== undefined && /^\/(?![/\\])[\w\-.~/?&=%:@,+]*$/.test(text) ? text : "/";
}
