// What the blocklists say of the client, in words, or why nobody asks them.

import { inBrackets } from "../../config/place.ts";
import { formatIp } from "../../mail/ip.ts";
import type { BlocklistVerdict, RelayRequest, RuleSet } from "../request.ts";
import { isGranted, networkOf } from "../rows.ts";
import { networkAt } from "./client-words.ts";
import { userOf } from "./mail-words.ts";

/** Of a client that blocklists concern. */
export function listingInWords({ role, client, facts }: RelayRequest): string {
  const { access, blocklist, grant } = facts;
  const ip = formatIp(client);
  if (!blocklist.known) return `whether ${ip} is on a blocklist is not known: ${blocklist.why}`;
  const listing = blocklist.value;
  if (!listing.listed) return `${ip} is on no blocklist`;
  const said = `${ip} is listed at ${listName(listing)}`;
  if (!access.known) return `${said}; a rule might let it pass, which is not known: ${access.why}`;
  if (role === "mx" && !grant.known) {
    return `${said}; a grant might let it pass, which is not known: ${grant.why}`;
  }
  return said;
}

function listName({ list, text }: Extract<BlocklistVerdict, { listed: true }>): string {
  return text === undefined ? list : `${list} (${text})`;
}

/** Why no blocklist concerns the client; only of one that passes them. */
export function passInWords(rules: RuleSet, request: RelayRequest): string {
  const { login, access, grant } = request.facts;
  const ip = formatIp(request.client);
  if (login !== undefined) return `${login.account} is logged in, so that blocklists do not count`;
  if (access.known && access.value.access === "allow" && access.value.skipsBlocklists) {
    return `an address rule lets ${ip} pass the blocklists${inBrackets(access.value.place)}`;
  }
  const network = networkOf(rules, request);
  if (network !== undefined) {
    return `${ip} is in relay.networks (${networkAt(network)}), so that blocklists do not count`;
  }
  const account = grant.known && isGranted(grant.value) ? grant.value.account : null;
  return `${userOf(account)} has just read mail from ${ip}, so that blocklists do not count`;
}
