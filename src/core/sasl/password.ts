// The end of every dialogue in which the client hands its password over.

import { checkFinally, type Exchange, malformed, wrongCredentials } from "./exchange.ts";
import { type Names, readIdentity } from "./identity.ts";
import { saslPrep } from "./prepare.ts";

/** @param mayActAs see `SaslContext`. */
export function checkPassword(names: Names, sent: string, mayActAs: boolean): Exchange {
  if (sent === "") return malformed("empty password");
  const identity = readIdentity(names, mayActAs);
  if (!identity.ok) return identity.problem;
  const { user, actAs } = identity.value;
  const prepared = saslPrep(sent);
  if (prepared === undefined) return wrongCredentials(user);
  return checkFinally({ kind: "password", user, actAs, password: { sent, prepared } }, user);
}
