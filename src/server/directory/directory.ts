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
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import type { RecipientClass } from "../../core/policy/request.ts";

/** The part of the store that the directory needs. Both throw where the store cannot answer. */
export interface DirectorySource {
  hasAccount(key: string): Promise<boolean>;
  addedDomains(): Promise<readonly Domain[]>;
}

export interface Directory {
  /** The domain's settings; undefined where it is not ours. */
  domain(name: Domain): DomainSettings | undefined;
  /** What the relay policy wants to know of a recipient. Never throws: a store that is down makes
   * the fact unknown. */
  classify(recipient: Address): Fact<RecipientClass> | Promise<Fact<RecipientClass>>;
  /** The account whose mailbox takes the recipient's mail, if there is one. */
  mailbox(recipient: Address): Promise<Address | undefined>;
  /** Whether the account may send with this reverse-path. Never throws. */
  ownsSender(account: string, sender: ReversePath): Fact<boolean> | Promise<Fact<boolean>>;
  /** Reads the domains of the store again. */
  refresh(): Promise<void>;
}

export interface DirectorySettings {
  readonly domains: readonly DomainSettings[];
  readonly postmaster?: string;
}

const relayed = (place: DomainSettings["place"]) => known({ kind: "relayed", place } as const);
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
  let added = new Set(await source.addedDomains());

  function domain(name: Domain): DomainSettings | undefined {
    const found = configured.get(name);
    if (found !== undefined || !added.has(name)) return found;
    return { name, deliver: { to: "mailboxes" }, place: addedByCommand };
  }

  async function mailbox(recipient: Address): Promise<Address | undefined> {
    if (await source.hasAccount(mailboxKey(recipient))) return recipient;
    // Every domain has a postmaster (RFC 5321 §4.5.1).
    return recipient.local.toLowerCase() === "postmaster" ? postmaster : undefined;
  }

  async function lookUp(recipient: Address): Promise<Fact<RecipientClass>> {
    try {
      const found = await mailbox(recipient);
      return known({ kind: found === undefined ? "no-mailbox" : "mailbox" });
    } catch (error) {
      return unknown(errorText(error));
    }
  }

  return {
    domain,
    mailbox,
    classify(recipient) {
      const ours = domain(recipient.domain);
      if (ours === undefined) return foreign;
      if (ours.deliver.to === "mailboxes") return lookUp(recipient);
      // The host that the domain is handed on to trusts us, and might send it anywhere.
      return namesAnotherHost(recipient) ? nobody : relayed(ours.place);
    },
    // Notices and receipts have no sender (RFC 8098 §3); they tell nobody whose they are.
    ownsSender: (account, sender) => known(sender === null || mailboxKey(sender) === account),
    async refresh() {
      added = new Set(await source.addedDomains());
    },
  };
}

function parsed(text: string): Address | undefined {
  const address = parseAddress(text);
  return address.ok ? address.value : undefined;
}
