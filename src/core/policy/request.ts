// Everything that `decide` may look at. What is not here has no say in who may relay.

import type { Place } from "../config/settings.ts";
import type { Address, ReversePath } from "../mail/address.ts";
import type { IpAddress, Prefix } from "../mail/ip.ts";
import type { Fact } from "./fact.ts";

export type RelayRole = "mx" | "submission";

/** Whether the connection is encrypted and, while it is not, what the listener asks for. */
export type TlsState = "up" | "optional" | "required";

/** The question: may this client have this message sent to this recipient through us? */
export interface RelayRequest {
  readonly role: RelayRole;
  readonly tls: TlsState;
  readonly client: IpAddress;
  readonly sender: ReversePath;
  readonly recipient: Address;
  readonly facts: Facts;
}

export interface Facts {
  /** What the address rules say of the client. */
  readonly access: AccessFact;
  /** Who logged in; undefined where nobody did. */
  readonly login: Login | undefined;
  readonly blocklist: Fact<BlocklistVerdict>;
  /** Which limit is used up; undefined where none is. */
  readonly limit: Fact<string | undefined>;
  readonly recipient: Fact<RecipientClass>;
  /** What a POP or IMAP login from the client's address has opened. */
  readonly grant: Fact<GrantState>;
}

export interface Login {
  readonly account: string;
  /** Whether the sender is one of the account's addresses. */
  readonly ownsSender: Fact<boolean>;
}

export type AccessFact =
  | Fact<AccessVerdict>
  /** `neverDenies`: whatever it turns out to be, the client is not denied. */
  | { readonly known: false; readonly why: string; readonly neverDenies: true };

export type AccessVerdict =
  | {
      readonly access: "allow";
      /** RELAYCLIENT is set. */
      readonly relay: boolean;
      /** RBLSMTPD is set and empty: no blocklist counts for this client. */
      readonly skipsBlocklists: boolean;
      /** DATABYTES: the largest message from this client, in octets. */
      readonly maxSize?: number;
      readonly place?: Place;
    }
  | {
      readonly access: "deny";
      readonly temporary: boolean;
      /** What the client is told, where the rule says it (RBLSMTPD). */
      readonly text?: string;
      readonly place?: Place;
    };

export type BlocklistVerdict =
  | { readonly listed: false }
  /** `text` is the list's own explanation, where one was found. */
  | { readonly listed: true; readonly list: string; readonly text?: string };

/** `account` is null where the source of the grant names none: vpopmail's relay table. */
export type GrantState =
  | { readonly kind: "none" }
  /** `covers`: the sender is one for whom the grant was given. */
  | { readonly kind: "live"; readonly account: string | null; readonly covers: boolean }
  /** It has ended not long ago; `expiredAt` in UTC milliseconds. */
  | { readonly kind: "expired"; readonly account: string | null; readonly expiredAt: number }
  /** So many accounts have logged in from the address lately that it stands for none of them. */
  | { readonly kind: "shared"; readonly accounts: number };

export type RecipientClass =
  /** Our domain, and the mailbox exists. */
  | { readonly kind: "mailbox" }
  /** Our domain, and the address is sent on from: a forward, a list, the way back of a bounce. */
  | { readonly kind: "forward" }
  /** The same, but not for this sender. */
  | { readonly kind: "closed"; readonly why: ClosedWhy }
  /** Our domain, and no such mailbox. */
  | { readonly kind: "no-mailbox" }
  /** A domain that we are secondary MX or gateway for. */
  | { readonly kind: "relayed"; readonly place?: Place }
  | { readonly kind: "foreign" };

export type ClosedWhy =
  /** The list takes mail from its members alone, and the sender is none. */
  | "members-only"
  /** It is made like a return path of ours (SRS), but not by us. */
  | "forged"
  /** It is a return path of ours that is too old. */
  | "expired"
  /** It is a return path of ours, and those take bounces alone, which have no sender. */
  | "not-a-bounce";

/** The configuration's part in the decision. */
export interface RuleSet {
  readonly networks: readonly TrustedNetwork[];
}

export interface TrustedNetwork {
  readonly prefix: Prefix;
  readonly place?: Place;
}
