// Which account a token is for, from what it claims (RFC 7519 §4, OpenID Connect Core §5.1). Only for
// claims whose signature, issuer, audience and time have been found right.

import { type Address, mailboxKey, parseAddress } from "../mail/address.ts";
import { bad, good, type Result } from "../result.ts";

export interface TokenRequest {
  readonly claims: Readonly<Record<string, unknown>>;
  /** The claim that holds the account's address. */
  readonly accountClaim: string;
  /** Whom the client named; undefined where it left that to the token. */
  readonly user: string | undefined;
}

/** The account's address, which need not be one that we have; or why the token is for nobody. */
export function tokenAccount({
  claims,
  accountClaim,
  user,
}: TokenRequest): Result<Address, string> {
  // A token that is bound to a key or a certificate (RFC 7800) is worth nothing without it: who has
  // only the token may have stolen it.
  if (Object.hasOwn(claims, "cnf")) {
    return bad("the token is bound to a key, which cannot be shown here");
  }
  const claimed = Object.hasOwn(claims, accountClaim) ? claims[accountClaim] : undefined;
  const account = parseAddress(typeof claimed === "string" ? claimed : "");
  if (!account.ok) return bad(`the token's claim "${accountClaim}" is no address`);
  if (accountClaim === "email" && !isVerified(claims)) {
    return bad("the issuer has not verified the token's address");
  }
  if (user !== undefined && !isSame(account.value, user)) {
    return bad("the token is another user's");
  }
  return good(account.value);
}

/** Some issuers never say it, and some write the word as a text. */
function isVerified(claims: TokenRequest["claims"]): boolean {
  if (!Object.hasOwn(claims, "email_verified")) return true;
  const verified = claims["email_verified"];
  return verified === true || verified === "true";
}

function isSame(account: Address, user: string): boolean {
  const named = parseAddress(user);
  return named.ok && mailboxKey(named.value) === mailboxKey(account);
}
