import { addressBits } from "../mail/ip-number.ts";
import type { IpAddress } from "../mail/ip.ts";
import { isPrivate } from "../policy/proof/special-space.ts";

/** Whether others on the Internet may reach it. */
export function isPublic(address: IpAddress): boolean {
  return !isPrivate({ address, length: addressBits[address.version] });
}
