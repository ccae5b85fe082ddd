// Whether a message that is to be sent on goes round in circles.

import { type Address, formatAddress, mailboxKey } from "../mail/address.ts";
import type { Domain } from "../mail/domain.ts";
import { maxNesting } from "./forward.ts";

/** Why the message must not be sent on from that address; undefined where it may.
 * @param delivered where it has been, as `readDeliveredTo` finds it */
export function findLoop(
  recipient: Address,
  delivered: readonly string[],
  isOurs: (domain: Domain) => boolean,
): string | undefined {
  if (delivered.includes(mailboxKey(recipient))) {
    return `mail loop: the message has been at ${formatAddress(recipient)} before`;
  }
  const ours = delivered.filter((key) => isOurs(key.slice(key.lastIndexOf("@") + 1)));
  if (ours.length < maxNesting) return undefined;
  return `mail loop: the message was sent on here ${ours.length} times already`;
}
