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
import type { Result } from "../../core/result.ts";
import type { Srs, SrsProblem } from "../../core/srs/srs.ts";
import type { Holder } from "../../io/store/address-store.ts";
import type { FindRelayed } from "../recipients/relayed-recipients.ts";

/** The part of the store that the directory needs. All throw where the store cannot answer. */
export interface DirectorySource {
  /** Who takes mail under the first of the keys that anybody has. */
  holderOf(keys: readonly string[]): Promise<Holder | undefined>;
  /** Whether the forward with this key takes mail from that sender (a key; null for `<>`). */
  admits(forward: string, sender: string | null): Promise<boolean>;
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

/** What becomes of a recipient's mail here. */
export type Way =
  | { readonly kind: "mailbox"; readonly account: Address }
  /** The key of the forward. */
  | { readonly kind: "forward"; readonly key: string }
  /** A bounce goes back to whoever sent what has been sent on. */
  | { readonly kind: "return"; readonly to: Address };

export interface Directory {
  /** The domain's settings; undefined where it is not ours. */
  domain(name: Domain): DomainSettings | undefined;
  /** What the relay policy wants to know of a recipient of that sender's. Never throws: a store that
   * is down makes the fact unknown. */
  classify(
    recipient: Address,
    sender: ReversePath,
  ): Fact<RecipientClass> | Promise<Fact<RecipientClass>>;
  /** Where mail from that sender for the recipient goes, if anywhere.
   * @param at UTC milliseconds: when it came */
  way(recipient: Address, sender: ReversePath, at: number): Promise<Way | undefined>;
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

export interface ReturnPathOptions {
  readonly srs: Pick<Srs, "reverse">;
  /** UTC milliseconds. */
  readonly now: () => number;
}

const owned = known(true);
const nobody = known({ kind: "no-mailbox" } as const);
const foreign = known({ kind: "foreign" } as const);
const addedByCommand = { file: "the store", line: 0, column: 0 };

/** Reads the store's domains before it returns. */
export async function createDirectory(
  settings: DirectorySettings,
  source: DirectorySource,
  { srs, now }: ReturnPathOptions,
): Promise<Directory> {
  const configured = new Map(settings.domains.map((each) => [each.name, each]));
  const postmaster = settings.postmaster === undefined ? undefined : parsed(settings.postmaster);
  let added = byName(await source.addedDomains());

  function domain(name: Domain): DomainSettings | undefined {
    return configured.get(name) ?? added.get(name);
  }

  async function find(recipient: Address): Promise<Way | undefined> {
    if (domain(recipient.domain)?.deliver.to === "none") return undefined;
    const holder = await source.holderOf(mailboxKeys(recipient));
    if (holder !== undefined) return wayTo(holder);
    // Every domain has a postmaster (RFC 5321 §4.5.1).
    if (recipient.local.toLowerCase() !== "postmaster" || postmaster === undefined)
      return undefined;
    const stands = await source.holderOf(mailboxKeys(postmaster));
    return stands?.kind === "forward" ? wayTo(stands) : { kind: "mailbox", account: postmaster };
  }

  async function lookUp(recipient: Address, sender: ReversePath): Promise<RecipientClass> {
    const found = await find(recipient);
    if (found === undefined) return { kind: "no-mailbox" };
    if (found.kind !== "forward") return { kind: "mailbox" };
    const from = sender === null ? null : mailboxKey(sender);
    const isWelcome = await source.admits(found.key, from);
    return isWelcome ? { kind: "forward" } : { kind: "closed", why: "members-only" };
  }

  return {
    domain,
    async way(recipient, sender, at) {
      const returned = srs.reverse(recipient.local, at);
      if (returned === undefined) return find(recipient);
      return returned.ok && sender === null ? { kind: "return", to: returned.value } : undefined;
    },
    classify(recipient, sender) {
      const ours = domain(recipient.domain);
      if (ours === undefined) return foreign;
      switch (ours.deliver.to) {
        case "mailboxes": {
          const returned = srs.reverse(recipient.local, now());
          return returned === undefined
            ? factOf(lookUp(recipient, sender))
            : known(classifyReturn(returned, sender));
        }
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

function wayTo(holder: Holder): Way {
  if (holder.kind === "forward") return { kind: "forward", key: holder.key };
  return { kind: "mailbox", account: addressOfKey(holder.account) };
}

/** Whoever could send anything there would relay through us. */
function classifyReturn(
  returned: Result<Address, SrsProblem>,
  sender: ReversePath,
): RecipientClass {
  if (returned.ok) {
    return sender === null ? { kind: "forward" } : { kind: "closed", why: "not-a-bounce" };
  }
  return { kind: "closed", why: returned.problem === "expired" ? "expired" : "forged" };
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
