// A message in the queue, as the store keeps it and delivery works on it.

import type { Address, ReversePath } from "../mail/address.ts";
import type { ContentTraits } from "../mail/envelope.ts";
import type { MessageRequest, RecipientRequest } from "../mail/notice-request.ts";
import type { MessageTiming } from "./timing.ts";
import type { Protection } from "../smtp/client/protection.ts";

/** Ascends with time within one node; at most 53 bits. People see `formatMessageId` of it. */
export type MessageId = number;

/** Into a mailbox of ours, or onward to another host. */
export type RecipientKind = "local" | "relay";

export interface NewRecipient extends RecipientRequest {
  readonly address: Address;
  readonly kind: RecipientKind;
}

/** What a message's sender wants of TLS on the way (RFC 8689): no hop without it (REQUIRETLS), or
 * delivery whatever comes of it (`TLS-Required: No`). */
export type TlsWish = "required" | "optional";

/** Where a message came from, for the operator. */
export interface Origin {
  /** The client's address; absent for notices that we wrote ourselves. */
  readonly client?: string;
  readonly hello?: string;
  readonly listener?: string;
  /** The account that answers for it, as `accountKey` has it: that had logged in, or whose grant let
   * it be relayed. */
  readonly login?: string;
}

/** What the store needs to keep a message. All of its octets together, trace header included, are
 * `preface`, what was stashed chunk by chunk while it arrived, and `content`. */
export interface NewMessage extends ContentTraits, MessageRequest, MessageTiming {
  readonly id: MessageId;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  readonly sender: ReversePath;
  readonly smtputf8: boolean;
  /** Absent: as usual. */
  readonly tlsWish?: TlsWish;
  /** Mailboxes of ours take it into their Junk folder. */
  readonly isJunk?: true;
  readonly origin: Origin;
  readonly recipients: readonly NewRecipient[];
  /** What stands before all else and was known last: header fields that tell what was found of it. */
  readonly preface?: Uint8Array<ArrayBuffer>;
  /** Chunks stashed before; their sequence numbers are 1 to stashed. */
  readonly stashed: number;
  readonly content: readonly Uint8Array<ArrayBuffer>[];
  /** Behind `content` come all octets of this message, which is in the store: they are copied there,
   * and never in memory as a whole. */
  readonly copyOf?: MessageId;
}

export interface QueuedMessage extends ContentTraits, MessageRequest, MessageTiming {
  readonly id: MessageId;
  readonly receivedAt: number;
  readonly sender: ReversePath;
  readonly smtputf8: boolean;
  /** Absent: as usual. */
  readonly tlsWish?: TlsWish;
  /** Mailboxes of ours take it into their Junk folder. */
  readonly isJunk?: true;
  /** The account that answers for it, as `accountKey` has it: that had logged in, or whose grant let
   * it be relayed. */
  readonly login?: string;
  /** Only those that are waiting. */
  readonly recipients: readonly QueuedRecipient[];
}

export interface QueuedRecipient extends NewRecipient {
  /** Position in the message's list, from 0: with the id, its key. */
  readonly index: number;
  /** Attempts made so far. */
  readonly attempts: number;
  /** How long it has waited by plan, in ms: never more for a stopped server or a stepped clock. */
  readonly waited: number;
  /** UTC milliseconds of the last attempt; absent before the first. */
  readonly lastAttempt?: number;
  /** What the clock of its destination's line said when it took its place there, in ms: it has waited
   * since by that clock. Absent where it waits by its own schedule. */
  readonly lineFrom?: number;
}

/** A destination's line, as the store tells it from others; no other host has the number. */
export interface LineName {
  readonly number: number;
  /** Tells ways apart (server/delivery/target.ts). */
  readonly key: string;
  /** For people: a domain, or a host and its port. */
  readonly name: string;
}

/** Where a recipient waits whose destination is down, or has all that it can take. */
export interface PlaceInLine {
  readonly line: LineName;
  /** The least is served first. */
  readonly place: number;
  /** The line's clock now, ms. */
  readonly from: number;
  /** By that clock, when the sender is to be told of it, or of its end. */
  readonly until: number;
}

/** What an attempt came to, for one recipient. */
export type RecipientResult =
  | { readonly index: number; readonly state: "delivered" | "failed"; readonly said: string }
  | {
      readonly index: number;
      readonly state: "deferred";
      readonly said: string;
      /** UTC milliseconds. */
      readonly nextAttempt: number;
      readonly waited: number;
      /** It was its destination that failed: the recipient waits for that. */
      readonly inLine?: PlaceInLine;
    }
  /** No attempt was made. */
  | {
      readonly index: number;
      readonly state: "lined";
      readonly waited: number;
      readonly inLine: PlaceInLine;
    };

/** One attempt's results for one message, kept in a single commit with the notice they cause. */
export interface Settlement {
  readonly id: MessageId;
  /** UTC milliseconds of the attempt. */
  readonly at: number;
  /** The host that was talked to, or the mailbox; for the list of attempts. */
  readonly peer: string;
  /** What protected the way to it; absent where it did not come to that. */
  readonly protection?: Protection | undefined;
  readonly results: readonly RecipientResult[];
  /** No recipient waits any more: the message and its body go. */
  readonly finished: boolean;
  /** The delivery status notice to the sender, if the results call for one. */
  readonly notice?: NewMessage | undefined;
  /** The message as it is sent on, for recipients whose mail goes elsewhere. */
  readonly forwarded?: readonly NewMessage[];
}

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** Crockford's base 32, 11 characters, no look-alikes: what logs, replies and commands show. */
export function formatMessageId(id: MessageId): string {
  let text = "";
  for (let rest = id, place = 0; place < 11; place++) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Reads what `formatMessageId` wrote; undefined where it is no id. */
export function parseMessageId(text: string): MessageId | undefined {
  if (!/^[0-9a-z]{11}$/i.test(text)) return undefined;
  let id = 0;
  for (const character of text.toLowerCase()) {
    const digit = alphabet.indexOf(character);
    if (digit === -1) return undefined;
    id = id * 32 + digit;
  }
  return Number.isSafeInteger(id) ? id : undefined;
}
