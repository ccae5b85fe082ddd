// What the relay policy wants to know of recipients whose domains are handed on to another host.

import { errorText } from "../../core/error-text.ts";
import type { DomainSettings, RelayDelivery } from "../../core/config/settings.ts";
import { type Address, mailboxKey } from "../../core/mail/address.ts";
import { withoutDetail } from "../../core/mail/mailbox-keys.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import type { RecipientClass } from "../../core/policy/request.ts";
import type { RecipientList } from "../../core/recipients/recipient-list.ts";
import type { KnownRecipients } from "./known-recipients.ts";

/** A domain with `relay-to`. */
interface RelayedDomain extends Pick<DomainSettings, "name" | "place"> {
  readonly deliver: RelayDelivery;
}

/** Never throws. */
export type FindRelayed = (
  recipient: Address,
  domain: RelayedDomain,
) => Fact<RecipientClass> | Promise<Fact<RecipientClass>>;

export interface RelayedRecipientsOptions {
  /** The list of that path, for that domain. */
  readonly list: (path: string, domain: string) => RecipientList | undefined;
  /** Absent where nobody is asked: in a command. */
  readonly asked: Pick<KnownRecipients, "find"> | undefined;
}

const nobody: Fact<RecipientClass> = known({ kind: "no-mailbox" });

export function createRelayedRecipients({ list, asked }: RelayedRecipientsOptions): FindRelayed {
  function onList(recipient: Address, path: string, relayed: Fact<RecipientClass>) {
    const entries = list(path, recipient.domain);
    if (entries === undefined) return unknown(`the list ${path} is not there`);
    const key = mailboxKey(recipient);
    const plain = withoutDetail(key);
    const isThere = entries.has(key) || (plain !== undefined && entries.has(plain));
    return isThere ? relayed : nobody;
  }

  async function ask(
    recipient: Address,
    { deliver }: RelayedDomain,
    relayed: Fact<RecipientClass>,
  ) {
    if (asked === undefined) return relayed;
    const { recipients } = deliver;
    try {
      const found = await asked.find(recipient, deliver);
      if (found.kind === "nobody") return nobody;
      const mayDefer = recipients.kind === "ask" && recipients.unsure === "defer";
      return found.kind === "unsure" && mayDefer ? unknown(found.why) : relayed;
    } catch (error) {
      return unknown(errorText(error));
    }
  }

  return (recipient, domain) => {
    const relayed = known({ kind: "relayed", place: domain.place } as const);
    const { recipients } = domain.deliver;
    switch (recipients.kind) {
      case "all":
        return relayed;
      case "file":
        return onList(recipient, recipients.path, relayed);
      case "ask":
        return ask(recipient, domain, relayed);
    }
  };
}
