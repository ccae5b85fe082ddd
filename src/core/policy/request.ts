// Everything that `decide` may look at. What is not here has no say in who may relay.

import type { Place } from "../config/settings.ts";
import type { Address, ReversePath } from "../mail/address.ts";
import type { IpAddress, Prefix } from "../mail/ip.ts";
import type { Fact } from "./fact.ts";

/** The question: may this client have this message sent to this recipient through us? */
export interface RelayRequest {
  readonly role: "mx" | "submission";
  readonly client: IpAddress;
  readonly sender: ReversePath;
  readonly recipient: Address;
  readonly facts: Facts;
}

export interface Facts {
  /** What the address rules say of the client. */
  readonly access: Fact<AccessVerdict>;
  /** The account that logged in; undefined where nobody did. */
  readonly login: string | undefined;
  readonly blocklist: Fact<BlocklistVerdict>;
  /** Which limit is used up; undefined where none is. */
  readonly limit: Fact<string | undefined>;
  readonly recipient: Fact<RecipientClass>;
}

export type AccessVerdict =
  | { readonly access: "allow"; readonly relay: boolean; readonly place?: Place }
  | { readonly access: "deny"; readonly temporary: boolean; readonly place?: Place };

export type BlocklistVerdict =
  | { readonly listed: false }
  | { readonly listed: true; readonly list: string };

export type RecipientClass =
  /** Our domain, and the mailbox exists. */
  | { readonly kind: "mailbox" }
  /** Our domain, and no such mailbox. */
  | { readonly kind: "no-mailbox" }
  /** A domain that we are secondary MX or gateway for. */
  | { readonly kind: "relayed"; readonly place?: Place }
  | { readonly kind: "foreign" };

/** The configuration's part in the decision. */
export interface RuleSet {
  readonly networks: readonly TrustedNetwork[];
}

export interface TrustedNetwork {
  readonly prefix: Prefix;
  readonly place?: Place;
}
