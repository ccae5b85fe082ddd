// What a session needs of a mailbox, whoever keeps it: a drop that is locked when it is opened, and
// that changes under nobody's feet while it is (RFC 1939 §4).

import type { Address } from "../mail/address.ts";

export interface MailboxPort {
  /** Never rejects: what stands in the way is an outcome. */
  open(address: Address): Promise<OpenedMailbox>;
}

export type OpenedMailbox =
  | { readonly kind: "opened"; readonly mailbox: OpenMailbox }
  /** Another session has it open. */
  | { readonly kind: "in-use" }
  /** `why` is for the log. */
  | { readonly kind: "unavailable"; readonly why: string };

export interface OpenMailbox {
  /** As they were when it was opened; an index is a place in this list. */
  readonly messages: readonly StoredMessage[];
  /** Octets of the stored message from its start, in chunks; what it takes is given back when all is
   * read or the reader leaves. Rejects where the message is gone or cannot be read. */
  read(index: number): AsyncIterable<Uint8Array>;
  /** The client has got all of it. */
  markSeen(index: number): void;
  /** Removes them; returns how many could not be. */
  remove(indexes: readonly number[]): Promise<number>;
  /** Gives the lock back. */
  close(): Promise<void>;
}

export interface StoredMessage {
  /** Octets with every line ended by CR LF, and no dot doubled. */
  readonly size: number;
  /** What UIDL says: 1 to 70 characters from `!` to `~` (RFC 1939 §7). */
  readonly uid: string;
}
