// All reasons that there are, for tests that must see each of them.

import type { Reason } from "../../src/core/policy/reason.ts";

/** A reason that is added does not compile before it stands here, and then needs its cases. */
const all: Readonly<Record<Reason, true>> = {
  "local-recipient": true,
  "relay-domain": true,
  authenticated: true,
  "trusted-network": true,
  "access-rule": true,
  "roaming-grant": true,
  "client-denied": true,
  "client-denied-temporarily": true,
  "tls-required": true,
  "authentication-required": true,
  "sender-not-owned": true,
  "rate-limited": true,
  "no-such-mailbox": true,
  "members-only": true,
  "return-path-refused": true,
  blocklisted: true,
  "grant-expired": true,
  "address-shared": true,
  "relaying-denied": true,
  "access-rules-unknown": true,
  "blocklist-unknown": true,
  "limits-unknown": true,
  "recipient-unknown": true,
  "sender-rights-unknown": true,
  "grant-unknown": true,
};

export const reasons: readonly string[] = Object.keys(all);
