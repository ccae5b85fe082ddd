// JSON from an authority, by HTTPS: bounded in time and size, without going where it is sent on to.

import { errorText } from "../../core/error-text.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { checkAuthorityUrl } from "../../core/config/values/authority-url.ts";

/** Octets of the longest document that is read. Google's and Microsoft's have under 20,000. */
const longest = 262_144;

/** The problem is for the operator. */
export async function fetchJson(
  url: string,
  signal: AbortSignal,
): Promise<Result<unknown, string>> {
  // Not all of them come from the configuration: one authority names the next.
  const allowed = checkAuthorityUrl(url);
  if (!allowed.ok) return allowed;
  try {
    const response = await fetch(url, {
      signal,
      redirect: "manual",
      headers: { accept: "application/json" },
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      return bad(`${url} answers with status ${response.status}, not with 200`);
    }
    const text = await readText(response);
    if (text === undefined) return bad(`${url} answers with more than ${longest} octets`);
    return good(JSON.parse(text));
  } catch (error) {
    return bad(`${url} cannot be read: ${explain(error)}`);
  }
}

/** Counted as it comes out of a compression. */
async function readText({ body }: Response): Promise<string | undefined> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  // Leaving the loop ends the transfer.
  for await (const piece of body ?? []) {
    octets += piece.length;
    if (octets > longest) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** `fetch failed` tells nobody anything; what is behind it does. */
function explain(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return errorText(cause ?? error);
}
