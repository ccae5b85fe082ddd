// The header of GS2 that begins the first message of SCRAM and of OAUTHBEARER (RFC 5801 §4): whether
// the client binds the login to its TLS channel, and as whom it wants to act.

import { bad, good, type Result } from "../result.ts";
import { type Failure, malformed } from "./exchange.ts";

export interface Gs2Header {
  readonly binding: Gs2Binding;
  /** Empty: none was named. */
  readonly authorization: string;
  /** As it was sent, both commas included. */
  readonly text: string;
}

type Gs2Binding =
  /** The client cannot bind. */
  | { readonly flag: "n" }
  /** The client can, and believes that we cannot. */
  | { readonly flag: "y" }
  /** The client binds, and names how. */
  | { readonly flag: "p"; readonly type: string };

/** Reads the header at the beginning of a message; `rest` is what follows it. */
export function readGs2Header(
  message: string,
): Result<{ readonly header: Gs2Header; readonly rest: string }, Failure> {
  const match = /^(?:([ny])|p=([A-Za-z0-9.-]+)),(?:a=([^,]+))?,/.exec(message);
  if (match === null) return bad(malformed("no GS2 header"));
  const [text, flag, type = "", name = ""] = match;
  const authorization = readSaslName(name);
  if (authorization === undefined) return bad(malformed("a name with = as no escape"));
  const binding: Gs2Binding = flag === "n" || flag === "y" ? { flag } : { flag: "p", type };
  return good({ header: { binding, authorization, text }, rest: message.slice(text.length) });
}

/** A name in which `=2C` is a comma and `=3D` an equals sign, and no other = stands (RFC 5802 §5.1). */
export function readSaslName(text: string): string | undefined {
  if (/=(?!2C|3D)/.test(text)) return undefined;
  return text.replaceAll("=2C", ",").replaceAll("=3D", "=");
}
