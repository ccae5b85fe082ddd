// The networks of `relay.networks`. That those who may relay are no strangers is for the policy's own
// proof (core/policy/proof), which sees the whole configuration.

import { formatPrefix, networkAddress, parseIp, parsePrefix, type Prefix } from "../../mail/ip.ts";
import { bad, good, type Result } from "../../result.ts";
import { unfit } from "../problem.ts";

/** What to write, for messages. */
export const networkExpected =
  'an IP address or a network, such as "192.0.2.7", "192.0.2.0/24" or "2001:db8::/48"';

/** A network, or what is wrong with how it is written. */
export function readNetwork(text: string): Result<Prefix, string> {
  const prefix = parsePrefix(text);
  return prefix === undefined ? bad(adviseOnPrefix(text, networkExpected)) : good(prefix);
}

/** A network that the operator may acknowledge, or why not. */
export function readAcknowledged(text: string): Result<Prefix, string> {
  const network = readNetwork(text);
  if (!network.ok || network.value.length > 0) return network;
  return bad(`${text} is everybody, which nobody can acknowledge; take it out`);
}

/** What is wrong with a text that should be a prefix. */
export function adviseOnPrefix(text: string, expected: string): string {
  const [addressText = "", lengthText = ""] = text.split("/");
  const address = parseIp(addressText);
  if (address === undefined || !/^[0-9]{1,3}$/.test(lengthText)) return unfit(text, expected);
  const isMapped = address.version === 4 && addressText.includes(":");
  const length = isMapped ? Number(lengthText) - 96 : Number(lengthText);
  const bits = address.octets.length * 8;
  if (length < 0 || length > bits) {
    return `/${lengthText} is no length of an IPv${address.version} network; write 0 to ${bits}`;
  }
  const corrected = formatPrefix({ address: networkAddress(address, length), length });
  return isMapped
    ? `this is an IPv4 network; write ${corrected}`
    : `${text} is an address inside a network; for the network, write ${corrected}`;
}
