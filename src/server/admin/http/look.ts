// The pages before the page, how one logs in and changes the password: what whoever draws them is given.

import type { html } from "hono/html";

export interface LoginView {
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
  /** `formToken` of the request. */
  readonly csrf: string;
  readonly problem?: string;
}

type Html = ReturnType<typeof html>;

export interface Look {
  login(view: LoginView): Html;
  password(view: PasswordView): Html;
}
