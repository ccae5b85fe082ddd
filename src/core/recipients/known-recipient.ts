// What the primary has said of a recipient, and how long that is worth something. A user who is new
// there should not be turned away for long; who was there yesterday is most likely there today.

export interface KnownRecipient {
  /** The address as `mailboxKey` has it. */
  readonly key: string;
  readonly exists: boolean;
  /** The primary's words. */
  readonly said: string;
  /** When they were said, UTC milliseconds. */
  readonly askedAt: number;
}

/** `fresh`: the answer. `stale`: the answer while there is no better one. */
type Worth = "fresh" | "stale" | "none";

const hour = 3_600_000;
const day = 24 * hour;

/** Milliseconds, by whether the recipient exists. */
const freshFor = { yes: day, no: hour };
const keptFor = { yes: 31 * day, no: 3 * day };

/** @param now UTC milliseconds. */
export function worthOf({ exists, askedAt }: KnownRecipient, now: number): Worth {
  const age = now - askedAt;
  const which = exists ? "yes" : "no";
  // From the future: the clock was set back since.
  if (age < 0) return "stale";
  if (age < freshFor[which]) return "fresh";
  return age < keptFor[which] ? "stale" : "none";
}

/** Words of an earlier time are worth nothing any more, by whether the recipient exists. */
export function worthlessBefore(now: number): { readonly yes: number; readonly no: number } {
  return { yes: now - keptFor.yes, no: now - keptFor.no };
}
