// The shape of everything that the admin listener answers, and the words for what it does not.

import type { Context } from "hono";
import type { HttpCall } from "../../../io/http/call.ts";
import type { LoggedIn } from "../access/page-sessions.ts";
import type { Scope } from "../access/scopes.ts";
import type { Actor } from "../actor.ts";

export interface AdminEnvironment {
  readonly Bindings: HttpCall;
  readonly Variables: {
    /** Whoever has logged in, or shown a token; there wherever access is not `open`. */
    readonly actor: Actor;
    /** Of a request with the page's cookie. */
    readonly session: LoggedIn | undefined;
    /** Whether who was let in would be still: for answers that go on. */
    readonly isStillGood: (() => Promise<boolean>) | undefined;
  };
}

export type AdminContext = Context<AdminEnvironment>;

/** Who may ask: everybody, an operator who has logged in to the page, or a program whose token has the
 * scope. Such a program's GET is answered to the page as well. */
export type Access = "open" | "page" | { readonly scope: Scope };

export interface Route {
  /** GET stands for HEAD, too. */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly access: Access;
  readonly handle: (context: AdminContext) => Response | Promise<Response>;
}

type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 429 | 503;

/** @param error what is wrong, and what to do. */
export function problem(
  context: AdminContext,
  status: ProblemStatus,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return context.json({ error }, status, { ...headers });
}
