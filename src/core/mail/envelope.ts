// What a message needs from those who carry it.

/** What a message's octets need from the next host, found by looking, not by believing. */
export interface ContentTraits {
  /** Octets. */
  readonly size: number;
  /** Some octet is above 127: needs 8BITMIME (RFC 6152). */
  readonly eightBit: boolean;
}
