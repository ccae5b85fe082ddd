// What is kept of an operator's password.

import { bad, good, type Result } from "../../core/result.ts";
import { saslPrep } from "../../core/sasl/prepare.ts";
import { hashPassword } from "../process/password-hash.ts";

/** Characters. */
const shortest = 8;
export const longestOperatorPassword = 1000;

/** A PHC string; the problem is a sentence for whoever chose the password. */
export async function hashOperatorPassword(password: string): Promise<Result<string, string>> {
  const prepared = saslPrep(password);
  if (prepared === undefined) {
    return bad(
      "the password has characters that cannot be typed everywhere, such as control characters; choose another one",
    );
  }
  if (prepared.length < shortest) {
    return bad(`the password is too short; choose one of ${shortest} characters or more`);
  }
  if (prepared.length > longestOperatorPassword) {
    return bad(
      `the password is too long; choose one of up to ${longestOperatorPassword} characters`,
    );
  }
  return good(await hashPassword(prepared));
}
