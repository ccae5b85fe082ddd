// What SMTP carries beside the message itself (RFC 5321 §2.3.1).

import type { Address, ReversePath } from "./address.ts";

export interface Envelope {
  readonly sender: ReversePath;
  readonly recipients: readonly Address[];
  /** SMTPUTF8 was asked for: addresses or header fields may be UTF-8 (RFC 6531). */
  readonly smtputf8: boolean;
}

/** What a message's octets need from the next host, found by looking, not by believing. */
export interface ContentTraits {
  /** Octets. */
  readonly size: number;
  /** Some octet is above 127: needs 8BITMIME (RFC 6152). */
  readonly eightBit: boolean;
}
