// The pages before the others: how one logs in, and changes the password.

import { html } from "hono/html";
import type { Look, LoginView, PasswordView } from "../http/look.ts";
import { frame, type Surroundings } from "./frame.ts";
import type { Html } from "./html.ts";
import type { Page } from "./page.ts";
import { csrfField, notice, textField } from "./parts.ts";

/** In the frame of all pages. */
export function createLook(around: Pick<Surroundings, "hostname" | "files">): Look {
  return {
    login: (view) => frame(loginPage(view), { ...around, path: "/login" }),
    password(view) {
      const visitor = { name: view.operator, csrf: view.csrf };
      return frame(passwordPage(view), { ...around, path: "/password", visitor });
    },
  };
}

export function loginPage({ form, problem }: LoginView): Page {
  const wrong = problem !== undefined && notice("problem", problem);
  return {
    title: "Log in",
    main: html`<div class="narrow">${wrong}${form === undefined ? inClear : loginForm(form)}</div>`,
  };
}

const inClear = html`<p>This connection is not encrypted: whoever sees it would have your password.</p>
<p>Use TLS (<code>tls: implicit</code> on the listener), or a tunnel from your own machine, such as
<code>ssh -L 8025:127.0.0.1:8025 HOST</code>, and then <code>http://127.0.0.1:8025/</code>.</p>`;

function loginForm({ next, name }: NonNullable<LoginView["form"]>): Html {
  return html`<form class="panel" method="post" action="/login">
<input type="hidden" name="next" value="${next}">
<div class="fields one">
${textField({ name: "name", label: "Operator", value: name, autocomplete: "username", required: true })}
${password("password", "Password", "current-password")}
</div>
<div class="buttons"><button class="primary">Log in</button></div>
</form>
<p class="soft">Operators are made on the command line: <code>bailiwick operator add NAME</code></p>`;
}

export function passwordPage({ operator, csrf, problem }: PasswordView): Page {
  return {
    title: "Change your password",
    main: html`<div class="narrow">${problem !== undefined && notice("problem", problem)}
<form class="panel" method="post" action="/password">${csrfField(csrf)}
<input name="username" value="${operator}" autocomplete="username" readonly hidden>
<div class="fields one">
${password("current", "Password", "current-password")}
${password("new", "New password", "new-password")}
${password("again", "New password again", "new-password")}
</div>
<div class="buttons"><button class="primary">Change</button></div>
</form></div>`,
  };
}

function password(name: string, label: string, autocomplete: string): Html {
  return textField({ name, label, type: "password", autocomplete, required: true });
}
