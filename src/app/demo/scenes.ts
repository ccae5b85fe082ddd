// What the demonstration asks, and what must come of it.

import type { Address } from "../../core/mail/address.ts";

export interface Scene {
  readonly who: "a stranger" | "a trusted network";
  readonly asks: string;
  readonly recipient: Address;
  /** The code that the server must answer with. */
  readonly code: number;
  readonly why: string;
  /** Where the message must be found in the end. */
  readonly end: "mailbox" | "nowhere" | "outside" | "outside, after a retry";
}

export const ourDomain = "example.org";
export const alice: Address = { local: "alice", domain: ourDomain };
export const busy: Address = { local: "busy", domain: "elsewhere.example" };
const bob: Address = { local: "bob", domain: "elsewhere.example" };

export const scenes: readonly Scene[] = [
  {
    who: "a stranger",
    asks: "mail to alice, who has a mailbox here",
    recipient: alice,
    code: 250,
    why: "her domain is ours and the mailbox exists",
    end: "mailbox",
  },
  {
    who: "a stranger",
    asks: "mail to nobody in our domain",
    recipient: { local: "nobody", domain: ourDomain },
    code: 550,
    why: "there is no such mailbox: said at once, not bounced later",
    end: "nowhere",
  },
  {
    who: "a stranger",
    asks: "mail to bob, outside",
    recipient: bob,
    code: 550,
    why: "neither side is ours: that would be an open relay",
    end: "nowhere",
  },
  {
    who: "a trusted network",
    asks: "mail to bob, outside",
    recipient: bob,
    code: 250,
    why: "the client's address is in relay.networks",
    end: "outside",
  },
  {
    who: "a trusted network",
    asks: "mail to busy, whose host says 451 first",
    recipient: busy,
    code: 250,
    why: "accepted; the queue tries again after the 451",
    end: "outside, after a retry",
  },
];
