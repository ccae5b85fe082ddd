// Addresses that only we can reach.

import { parseIp } from "../core/mail/ip.ts";
import { contains } from "../core/policy/proof/space.ts";
import { privateSpace, reservedSpace } from "../core/policy/proof/special-space.ts";

/** Whether an address is none of the Internet's: whoever names us a place to write to must not lead us
 * to hosts that only we can reach. */
export function isInside(address: string): boolean {
  const ip = parseIp(address);
  return ip === undefined || contains(privateSpace, ip) || contains(reservedSpace, ip);
}
