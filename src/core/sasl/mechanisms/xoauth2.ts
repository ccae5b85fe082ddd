// XOAUTH2: Google's and Microsoft's forerunner of OAUTHBEARER, which their clients still speak.

import type { SaslContext } from "../context.ts";
import { clientFirst, type Exchange, malformed, wrongCredentials } from "../exchange.ts";
import type { Mechanism } from "../mechanism.ts";
import { checkToken, readBearer } from "../oauth.ts";
import { saslPrep } from "../prepare.ts";
import { decodeText } from "../text.ts";

export const xoauth2: Mechanism = {
  name: "XOAUTH2",
  source: "token",
  connection: "any",
  start: (context, initial) => clientFirst(initial, (message) => received(context, message)),
};

const shape =
  // oxlint-disable-next-line no-control-regex -- octets of 1 end each part
  /^user=([^\u0001]+)\u0001auth=([^\u0001]*)\u0001\u0001$/;

function received({ oauth: { scope } }: SaslContext, message: Uint8Array): Exchange {
  const match = shape.exec(decodeText(message) ?? "");
  const token = readBearer(match?.[2] ?? "");
  if (match === null || token === undefined) return malformed("no user and bearer token");
  const user = saslPrep(match[1] ?? "");
  if (user === undefined) return wrongCredentials(undefined);
  const refusal = { status: "400", schemes: "bearer", ...(scope !== undefined && { scope }) };
  return checkToken({ kind: "token", user, token }, refusal);
}
