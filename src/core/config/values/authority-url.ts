// Where an authority is that logins are believed on the word of: by HTTPS, or on this host.

import { bad, good, type Result } from "../../result.ts";
import { describeValue, unfit } from "../problem.ts";

/** What to write, for messages. */
export const authorityUrlExpected = "a URL with https, such as https://login.example.org/";

const shape =
  /^(?<scheme>https?):\/\/(?<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?(?:\/[^\s?#\\]*)?$/i;

const loopback = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/i;

/** An issuer's URL as it stands: tokens are compared with it octet by octet (RFC 8414 §2). */
export function readAuthorityUrl(text: string): Result<string, string> {
  const { scheme, host = "" } = shape.exec(text)?.groups ?? {};
  if (scheme === undefined || !isUrl(text)) return bad(unfit(text, authorityUrlExpected));
  return checkScheme(text, scheme, host);
}

/** Whether keys may be fetched from there; may have a query, which issuers may not. */
export function checkAuthorityUrl(text: string): Result<string, string> {
  const [path = "", ...query] = text.split("?");
  if (query.some((part) => /[\s#\\]/.test(part))) return bad(unfit(text, authorityUrlExpected));
  const read = readAuthorityUrl(path);
  return read.ok ? good(text) : read;
}

function checkScheme(text: string, scheme: string, host: string): Result<string, string> {
  if (scheme.toLowerCase() === "https" || loopback.test(host)) return good(text);
  return bad(
    `${describeValue(text)} is in the clear, and whoever stands between could log in as anyone; ` +
      "write https",
  );
}

function isUrl(text: string): boolean {
  try {
    return new URL(text).hostname !== "";
  } catch {
    return false;
  }
}
