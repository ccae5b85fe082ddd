// The shape of everything that the admin listener answers, and the words for what it does not.

import type { Context } from "hono";
import type { HttpCall } from "../../../io/http/call.ts";
import type { Actor } from "../actor.ts";

export interface AdminEnvironment {
  readonly Bindings: HttpCall;
  readonly Variables: {
    /** Whoever has logged in, or shown a token. */
    readonly actor: Actor;
  };
}

export type AdminContext = Context<AdminEnvironment>;

export interface Route {
  /** GET stands for HEAD, too. */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly handle: (context: AdminContext) => Response | Promise<Response>;
}

type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 413 | 415 | 421 | 503;

/** @param error what is wrong, and what to do. */
export function problem(
  context: AdminContext,
  status: ProblemStatus,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return context.json({ error }, status, { ...headers });
}
