// Forms of our pages: what each carries along, and how it is read.

import { bad, good, type Result } from "../../../core/result.ts";
import { isSame } from "../access/secrets.ts";
import { isFromOurPage, refuseForm } from "./gate.ts";
import { type AdminContext, problem } from "./route.ts";

/** Octets. */
const largest = 64 * 1024;
const tokenName = "csrf";

/** To stand in every form of a page that somebody has logged in to, as `csrf`. */
export function formToken(context: AdminContext): string {
  return context.get("session")?.formToken ?? "";
}

/** What a form of ours says; or the answer to one that is none, or older than the login. */
export async function readForm(context: AdminContext): Promise<Result<URLSearchParams, Response>> {
  const form = await readOpenForm(context);
  if (!form.ok) return form;
  const expected = context.get("session")?.formToken;
  const shown = form.value.get(tokenName) ?? "";
  if (expected !== undefined && isSame(shown, expected)) return form;
  const error = "the form is older than your login; go back, load the page again, and send it anew";
  return bad(problem(context, 403, error));
}

/** Of a page that nobody has logged in to. */
export async function readOpenForm(
  context: AdminContext,
): Promise<Result<URLSearchParams, Response>> {
  if (!isFromOurPage(context)) return bad(refuseForm(context));
  const [type = ""] = (context.req.header("content-type") ?? "").toLowerCase().split(";");
  if (type.trim() !== "application/x-www-form-urlencoded") {
    return bad(problem(context, 415, "send a form (application/x-www-form-urlencoded)"));
  }
  const body = await context.env.readBody(largest);
  if (!body.ok) {
    return bad(
      body.problem === "too-large"
        ? problem(context, 413, "the form is larger than 64 kB; send less at once")
        : problem(context, 400, "the form was cut off; send it again"),
    );
  }
  return good(new URLSearchParams(body.value.toString("utf8")));
}
