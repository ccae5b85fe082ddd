// Who logs in, and as whom (RFC 4422 §2: authentication and authorization identity).

import { bad, good, type Result } from "../result.ts";
import { type Failure, malformed, rejected, wrongCredentials } from "./exchange.ts";
import { saslPrep } from "./prepare.ts";

interface Identity {
  readonly user: string;
  /** Another than the user; undefined for the user's own account. */
  readonly actAs: string | undefined;
}

export interface Names {
  readonly authentication: string;
  /** Empty: none was named. */
  readonly authorization: string;
}

/** The names as SASLprep leaves them. A name that it refuses is nobody's. */
export function readIdentity(names: Names, mayActAs: boolean): Result<Identity, Failure> {
  if (names.authentication === "") return bad(malformed("empty user name"));
  const user = saslPrep(names.authentication);
  if (user === undefined) return bad(wrongCredentials(undefined));
  if (names.authorization === "") return good({ user, actAs: undefined });
  const authorization = saslPrep(names.authorization);
  if (authorization === user) return good({ user, actAs: undefined });
  if (authorization === undefined || !mayActAs) {
    return bad(rejected("nobody may act as another here", user));
  }
  return good({ user, actAs: authorization });
}
