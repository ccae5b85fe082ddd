// The pages before the page: how one logs in, and changes the password.

import { html } from "hono/html";

interface LoginView {
  /** Absent: the connection is in clear, and nobody may log in over it. */
  readonly form?: {
    /** Where to go then. */
    readonly next: string;
    /** What was typed before. */
    readonly name: string;
  };
  /** What was wrong with the try before. */
  readonly problem?: string;
}

export interface PasswordView {
  readonly operator: string;
  /** `formTokenField` of the request. */
  readonly token: Html;
  readonly problem?: string;
}

type Html = ReturnType<typeof html>;

export interface Look {
  login(view: LoginView): Html;
  password(view: PasswordView): Html;
}

export const plainLook: Look = {
  login: ({ form, problem }) =>
    document(
      "Log in",
      form === undefined
        ? html`<p>
            This connection is not encrypted: whoever sees it would have your password. Use TLS
            (<code>tls: implicit</code> on the listener), or a tunnel from your own machine, such as
            <code>ssh -L 8025:127.0.0.1:8025 HOST</code>, and then http://127.0.0.1:8025/.
          </p>`
        : html`<form method="post" action="/login">
            ${alert(problem)}
            <input type="hidden" name="next" value="${form.next}" />
            <p>
              <label>
                Operator
                <input
                  name="name"
                  value="${form.name}"
                  autocomplete="username"
                  required
                  autofocus
                />
              </label>
            </p>
            <p>
              <label>
                Password
                <input name="password" type="password" autocomplete="current-password" required />
              </label>
            </p>
            <p><button>Log in</button></p>
          </form>`,
    ),
  password: ({ operator, token, problem }) =>
    document(
      "Change your password",
      html`<form method="post" action="/password">
        ${alert(problem)} ${token}
        <input name="username" value="${operator}" autocomplete="username" readonly hidden />
        <p>
          <label>
            Password
            <input name="current" type="password" autocomplete="current-password" required />
          </label>
        </p>
        <p>
          <label>
            New password
            <input name="new" type="password" autocomplete="new-password" required />
          </label>
        </p>
        <p>
          <label>
            Again
            <input name="again" type="password" autocomplete="new-password" required />
          </label>
        </p>
        <p><button>Change</button></p>
      </form>`,
    ),
};

function alert(problem: string | undefined): Html {
  return problem === undefined ? html`` : html`<p role="alert">${problem}</p>`;
}

function document(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title} - Bailiwick</title>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
}
