// Which account another server means: it need not be one of ours, for that server has checked the
// password, but it must have an address, which is what the user may send as.

import type { Domain } from "../mail/domain.ts";
import { mailboxKey, parseAddress } from "../mail/address.ts";
import { bad, good, type Result } from "../result.ts";

/** Longest name that can be an address (RFC 5321 §4.5.3.1), in characters. */
const longest = 320;

/** The account as `accountKey` has it.
 * @param defaultDomain of names without one, such as those of system users. */
export function toldAccount(name: string, defaultDomain?: Domain): Result<string, string> {
  if (name.length > longest) return bad("the account's name is too long to be an address");
  const address = parseAddress(name);
  if (address.ok) return good(mailboxKey(address.value));
  if (address.problem !== "no-domain") return bad("the account is no address");
  if (defaultDomain === undefined) {
    return bad("the account has no domain; set relay.roaming.events.default-domain");
  }
  const whole = parseAddress(`${name}@${defaultDomain}`);
  return whole.ok ? good(mailboxKey(whole.value)) : bad("the account is no address");
}
