// What is ours: domains of the configuration and of the store, and their mailboxes.

import { errorText } from "../../core/error-text.ts";
import type { DomainSettings } from "../../core/config/settings.ts";
import {
  type Address,
  mailboxKey,
  namesAnotherHost,
  parseAddress,
  type ReversePath,
} from "../../core/mail/address.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { addressOfKey, mailboxKeys } from "../../core/mail/mailbox-keys.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import type { RecipientClass } from "../../core/policy/request.ts";
import type { FindRelayed } from "../recipients/relayed-recipients.ts";

/** The part of the store that the directory needs. All throw where the store cannot answer. */
export interface DirectorySource {
  /** The account that takes mail under the first of the keys that anybody has. */
  accountFor(keys: readonly string[]): Promise<string | undefined>;
  /** Whether the account may send as an address with these keys. */
  maySendAs(account: string, keys: readonly string[]): Promise<boolean>;
  addedDomains(): Promise<readonly AddedDomain[]>;
  /** What is known of a recipient that another host has. Never throws. */
  readonly relayed: FindRelayed;
}

interface AddedDomain {
  readonly name: Domain;
  readonly sendOnly: boolean;
}

export interface Directory {
  /** The domain's settings; undefined where it is not ours. */
  domain(name: Domain): DomainSettings | undefined;
  /** What the relay policy wants to know of a recipient. Never throws: a store that is down makes
   * the fact unknown. */
  classify(recipient: Address): Fact<RecipientClass> | Promise<Fact<RecipientClass>>;
  /** The account whose mailbox takes the recipient's mail, if there is one. */
  mailbox(recipient: Address): Promise<Address | undefined>;
  /** Whether the account may send as the sender (RFC 6409 §6.1): its own address and all that leads
   * to it, details behind a plus included, or what it was given to send as. Never throws. */
  ownsSender(account: Address, sender: ReversePath): Fact<boolean> | Promise<Fact<boolean>>;
  /** Reads the domains of the store again. */
  refresh(): Promise<void>;
}

export interface DirectorySettings {
  readonly domains: readonly DomainSettings[];
  readonly postmaster?: string;
}

const owned = known(true);
const nobody = known({ kind: "no-mailbox" } as const);
const foreign = known({ kind: "foreign" } as const);
const addedByCommand = { file: "the store", line: 0, column: 0 };

/** Reads the store's domains before it returns. */
export async function createDirectory(
  settings: DirectorySettings,
  source: DirectorySource,
): Promise<Directory> {
  const configured = new Map(settings.domains.map((each) => [each.name, each]));
  const postmaster = settings.postmaster === undefined ? undefined : parsed(settings.postmaster);
  let added = byName(await source.addedDomains());

  function domain(name: Domain): DomainSettings | undefined {
    return configured.get(name) ?? added.get(name);
  }

  async function mailbox(recipient: Address): Promise<Address | undefined> {
    if (domain(recipient.domain)?.deliver.to === "none") return undefined;
    const account = await source.accountFor(mailboxKeys(recipient));
    if (account !== undefined) return addressOfKey(account);
    // Every domain has a postmaster (RFC 5321 §4.5.1).
    return recipient.local.toLowerCase() === "postmaster" ? postmaster : undefined;
  }

  async function lookUp(recipient: Address): Promise<RecipientClass> {
    const found = await mailbox(recipient);
    return { kind: found === undefined ? "no-mailbox" : "mailbox" };
  }

  return {
    domain,
    mailbox,
    classify(recipient) {
      const ours = domain(recipient.domain);
      if (ours === undefined) return foreign;
      switch (ours.deliver.to) {
        case "mailboxes":
          return factOf(lookUp(recipient));
        case "relay":
          // The host that the domain is handed on to trusts us, and might send it anywhere.
          return namesAnotherHost(recipient)
            ? nobody
            : source.relayed(recipient, { ...ours, deliver: ours.deliver });
        case "none":
          return nobody;
      }
    },
    ownsSender(account, sender) {
      // Receipts and automatic replies come from nobody, so that nothing answers them (RFC 8098 §3,
      // RFC 3834). We know who sends them all the same: whoever has logged in.
      if (sender === null) return owned;
      const key = mailboxKey(account);
      if (mailboxKey(sender) === key) return owned;
      return factOf(source.maySendAs(key, mailboxKeys(sender)));
    },
    async refresh() {
      added = byName(await source.addedDomains());
    },
  };
}

/** As though they stood in the configuration. */
function byName(domains: readonly AddedDomain[]): ReadonlyMap<Domain, DomainSettings> {
  const settings = domains.map(({ name, sendOnly }): DomainSettings => {
    const to = sendOnly ? "none" : "mailboxes";
    return { name, deliver: { to }, place: addedByCommand };
  });
  return new Map(settings.map((each) => [each.name, each]));
}

async function factOf<Value>(lookUp: Promise<Value>): Promise<Fact<Value>> {
  try {
    return known(await lookUp);
  } catch (error) {
    return unknown(errorText(error));
  }
}

function parsed(text: string): Address | undefined {
  const address = parseAddress(text);
  return address.ok ? address.value : undefined;
}
