// Reads the JSON that a request brings: nothing else, and not too much of it.

import { bad, good, type Result } from "../../../core/result.ts";
import { type AdminContext, problem } from "./route.ts";

/** Octets. Ten thousand logins fit. */
const largest = 2 * 1024 * 1024;

/** The value, or the answer that says what is wrong. */
export async function readJson(context: AdminContext): Promise<Result<unknown, Response>> {
  if (!isJson(context)) {
    const error = "send JSON, with the header Content-Type: application/json and no encoding";
    return bad(problem(context, 415, error));
  }
  const body = await context.env.readBody(largest);
  if (!body.ok) {
    return bad(
      body.problem === "too-large"
        ? problem(context, 413, "the body is larger than 2 MB; send less at once")
        : problem(context, 400, "the body was cut off; send it again"),
    );
  }
  try {
    return good(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body.value)));
  } catch {
    return bad(problem(context, 400, "the body is no JSON in UTF-8; check its quotes and commas"));
  }
}

/** A page of another site cannot send this type without asking first, which is answered with no. */
function isJson({ req }: AdminContext): boolean {
  const [type = "", ...parameters] = (req.header("content-type") ?? "").toLowerCase().split(";");
  const encoding = req.header("content-encoding") ?? "identity";
  return (
    type.trim() === "application/json" &&
    parameters.every((each) => /^ *(charset="?utf-8"?)? *$/.test(each)) &&
    encoding.toLowerCase() === "identity"
  );
}
