import type { Address } from "../../core/mail/address.ts";
import type { NewRecipient } from "../../core/queue/message.ts";
import type { Directory } from "../../server/directory/directory.ts";

/** How mail of our own to an address travels. */
export function addresseeIn(directory: Pick<Directory, "domain">): (to: Address) => NewRecipient {
  return (to) => {
    const ours = directory.domain(to.domain)?.deliver.to === "mailboxes";
    return { address: to, kind: ours ? "local" : "relay" };
  };
}
