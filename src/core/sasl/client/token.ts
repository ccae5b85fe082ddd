// OAUTHBEARER (RFC 7628) and its forerunner XOAUTH2: a bearer token (RFC 6750), for a server that asks
// an authority and not a password who we are.

import { encodeText } from "../text.ts";
import type { ClientMechanism } from "./mechanism.ts";
import { saslName } from "./sasl-name.ts";
import { giveUp, type Turn } from "./turn.ts";

/** Ends each part of a message. */
const separator = "\u0001";

export const oauthBearer: ClientMechanism = {
  name: "OAUTHBEARER",
  source: "token",
  start: ({ user, password: token }) =>
    present(
      `n,a=${saslName(user)},${separator}auth=Bearer ${token}${separator}${separator}`,
      separator,
    ),
};

export const xoauth2: ClientMechanism = {
  name: "XOAUTH2",
  source: "token",
  start: ({ user, password: token }) =>
    present(`user=${user}${separator}auth=Bearer ${token}${separator}${separator}`, ""),
};

/** A server that does not take the token says why first, and refuses when that is acknowledged
 * (RFC 7628 §3.2.3): what it says is for programs, and its refusal for people. */
function present(message: string, acknowledgement: string): Turn {
  return {
    kind: "say",
    octets: encodeText(message),
    mayEnd: true,
    heard: () => ({
      kind: "say",
      octets: encodeText(acknowledgement),
      mayEnd: false,
      heard: () => giveUp("the host asks on after it has refused the token"),
    }),
  };
}
