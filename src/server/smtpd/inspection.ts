// What may look at a message between its first octet and the promise to keep it: who signs it, who
// verifies it, a filter of the operator's. Each inspector sees one message.

import type { IpAddress } from "../../core/mail/ip.ts";
import type { RelayRole } from "../../core/policy/request.ts";
import type { MessageId } from "../../core/queue/message.ts";
import type { Reply } from "../../core/smtp/reply.ts";
import type { Transaction } from "../../core/smtp/server/state.ts";

/** A message whose content is about to come, as its session knows it. */
export interface ArrivingMessage {
  readonly id: MessageId;
  readonly session: string;
  /** The listener's name. */
  readonly listener: string;
  readonly role: RelayRole;
  readonly client: IpAddress;
  /** Whether the client may send to anybody here: it has logged in, or a network, an address rule or a
   * grant lets it. */
  readonly mayRelay: boolean;
  /** What lets it is a grant, which is for senders of the one who got it. */
  readonly isGranted: boolean;
  /** Hello, TLS, login and envelope. */
  readonly transaction: Transaction;
  /** UTC milliseconds. */
  readonly receivedAt: number;
}

/** One kind of inspection, as the configuration has it. */
export interface Inspection {
  /** For the log. */
  readonly name: string;
  /** Undefined where the message is none of its concern. Never throws.
   * @param onDrain to be called where the inspector's `isFull` has become false again. */
  begin(message: ArrivingMessage, onDrain: () => void): Inspector | undefined;
}

export interface Inspector {
  /** The octets as the client sent them, or those that are kept, without our own Received field. */
  readonly sees: "sent" | "kept";
  /** They are valid during the call only; what is held of them has to have a bound. Never throws. */
  take(octets: Uint8Array): void;
  /** The client should send no more for now. */
  readonly isFull: boolean;
  /** Milliseconds for `judge`. */
  readonly patience: number;
  /** The message is whole. @param given up as `patience` ends. */
  judge(given: AbortSignal): Promise<Verdict>;
  /** What holds where `judge` rejects or is late. @param why for people. */
  withoutVerdict(why: string): Verdict;
  /** Called instead of `judge`: the message will not be. */
  abandon(): void;
}

/** `fields`: header fields to stand at the message's top; whole lines with their CR LF. `why` is for
 * the log. */
export type Verdict =
  | { readonly kind: "pass"; readonly fields?: string }
  /** Mailboxes of ours take it into their Junk folder. */
  | { readonly kind: "junk"; readonly why: string; readonly fields?: string }
  | { readonly kind: "refuse"; readonly why: string; readonly reply: Reply };
