// Acts of a page: a form comes in, something is done, and the page that follows says what came of it.

import type { AdminContext, Route } from "../http/route.ts";
import { OperationError } from "../operations.ts";
import type { ServerOperations } from "../server-operations.ts";
import type { PageParts } from "./page-parts.ts";

type Handle = (context: AdminContext, parts: PageParts) => Response | Promise<Response>;

type HandleForm = (
  context: AdminContext,
  parts: PageParts,
  fields: URLSearchParams,
) => Response | Promise<Response>;

interface RoutesOf {
  readonly get: (path: string, handle: Handle) => Route;
  /** Its form is read, and was ours. */
  readonly post: (path: string, handle: HandleForm) => Route;
}

/** Makes the routes of a section. */
export function routesOf(parts: PageParts): RoutesOf {
  return {
    get: (path, handle) => ({
      method: "GET",
      path,
      access: "page",
      handle: (context) => handle(context, parts),
    }),
    post: (path, handle) => ({
      method: "POST",
      path,
      access: "page",
      async handle(context) {
        const fields = await parts.readForm(context);
        return fields instanceof Response ? fields : handle(context, parts, fields);
      },
    }),
  };
}

export function queryOf({ req }: AdminContext): URLSearchParams {
  return new URL(req.url).searchParams;
}

/** A field without the blanks around it; empty where it was left out. */
export function field(fields: URLSearchParams, name: string): string {
  return (fields.get(name) ?? "").trim();
}

/** Does it, and leads to a page that says so, or why not: somebody else may have done it meanwhile.
 * @param act resolves with what was done, in words */
export async function acted(
  context: AdminContext,
  { operations, leadTo }: PageParts,
  path: string,
  act: (can: ServerOperations) => Promise<string>,
): Promise<Response> {
  try {
    return leadTo(context, path, { tone: "ok", text: await act(operations(context)) });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return leadTo(context, path, { tone: "problem", text: sentence(error.message) });
  }
}

/** Leads to a page that says what is wrong with what was typed. */
export function misread(
  context: AdminContext,
  { leadTo }: PageParts,
  path: string,
  text: string,
): Response {
  return leadTo(context, path, { tone: "problem", text });
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
