// OAUTHBEARER (RFC 7628).

import type { SaslContext } from "../context.ts";
import { clientFirst, type Exchange, malformed, rejected, wrongCredentials } from "../exchange.ts";
import { readGs2Header } from "../gs2.ts";
import type { Mechanism } from "../mechanism.ts";
import { checkToken, readBearer, refuse } from "../oauth.ts";
import { saslPrep } from "../prepare.ts";
import { decodeText } from "../text.ts";

export const oauthBearer: Mechanism = {
  name: "OAUTHBEARER",
  source: "token",
  connection: "any",
  start: (context, initial) => clientFirst(initial, (message) => received(context, message)),
};

/** A GS2 header, then `key=value` pairs, each between two octets of 1 (RFC 7628 §3.1). Host and port
 * are for signed tokens, which we do not take. */
function received({ oauth }: SaslContext, message: Uint8Array): Exchange {
  const text = decodeText(message);
  if (text === undefined) return malformed("not UTF-8, or with a NUL");
  const gs2 = readGs2Header(text);
  if (!gs2.ok) return gs2.problem;
  const { header, rest } = gs2.value;
  if (header.binding.flag === "p") return malformed("no channel binding here");
  const pairs = readPairs(rest);
  if (pairs === undefined) return malformed("no list of key=value pairs, or one of them twice");
  const user = saslPrep(header.authorization);
  if (user === undefined && header.authorization !== "") return wrongCredentials(undefined);
  const refusal = {
    status: "invalid_token",
    ...(oauth.scope !== undefined && { scope: oauth.scope }),
    ...(oauth.openIdConfiguration !== undefined && {
      "openid-configuration": oauth.openIdConfiguration,
    }),
  };
  const token = readBearer(pairs.get("auth") ?? "");
  // A client may send no token just to be told where it gets one (RFC 7628 §4.3).
  if (token === undefined) return refuse(rejected("no bearer token", user), refusal);
  return checkToken({ kind: "token", user, token }, refusal);
}

function readPairs(text: string): ReadonlyMap<string, string> | undefined {
  if (!text.startsWith("\u0001") || !text.endsWith("\u0001\u0001")) return undefined;
  const pairs = new Map<string, string>();
  for (const pair of text.slice(1, -2).split("\u0001")) {
    const [, key, value] = /^([A-Za-z]+)=([\t\n\r -~]*)$/.exec(pair) ?? [];
    if (key === undefined || value === undefined || pairs.has(key)) return undefined;
    pairs.set(key, value);
  }
  return pairs;
}
