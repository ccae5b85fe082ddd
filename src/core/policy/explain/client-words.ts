// What the address rules and the networks say of the client, in words.

import { formatPlace, inBrackets } from "../../config/place.ts";
import { formatIp, formatPrefix } from "../../mail/ip.ts";
import type { RelayRequest, RuleSet, TrustedNetwork } from "../request.ts";
import { networkOf } from "../rows.ts";

/** Networks that are named one by one; of more, the first ones. */
const namedNetworks = 3;

export function admissionInWords({ client, facts: { access } }: RelayRequest): string {
  const ip = formatIp(client);
  if (!access.known) return `what the address rules say of ${ip} is not known: ${access.why}`;
  const rule = access.value;
  if (rule.access === "allow") {
    const { place } = rule;
    return place ? `${ip} is allowed${inBrackets(place)}` : `no address rule denies ${ip}`;
  }
  const told = rule.text === undefined ? "" : `, saying "${rule.text}"`;
  return `${ip} is denied${rule.temporary ? " for now" : ""}${told}${inBrackets(rule.place)}`;
}

export function relayRuleInWords({ client, facts: { access } }: RelayRequest): string {
  const ip = formatIp(client);
  if (!access.known) return `what the address rules say of ${ip} is not known: ${access.why}`;
  const rule = access.value;
  const grants = rule.access === "allow" && rule.relay;
  if (grants) return `RELAYCLIENT is set for ${ip}${inBrackets(rule.place)}`;
  return rule.place === undefined
    ? `no address rule sets RELAYCLIENT for ${ip}`
    : `the rule for ${ip} does not set RELAYCLIENT${inBrackets(rule.place)}`;
}

export function networkInWords(rules: RuleSet, request: RelayRequest): string {
  const ip = formatIp(request.client);
  const network = networkOf(rules, request);
  if (network !== undefined) return `${ip} is in relay.networks (${networkAt(network)})`;
  if (rules.networks.length === 0) return `${ip} is in no network: relay.networks is empty`;
  return `${ip} is not in relay.networks (${networksAt(rules.networks)})`;
}

export function networksAt(networks: readonly TrustedNetwork[]): string {
  const more = networks.length - namedNetworks;
  const named = networks.slice(0, namedNetworks).map(networkAt);
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

export function networkAt({ prefix, place }: TrustedNetwork): string {
  return `${formatPrefix(prefix)}${place === undefined ? "" : ` at ${formatPlace(place)}`}`;
}
