// Why a decision came out as it did: closed lists. A reason that is added here does not compile
// before it has its reply (replies.ts).

export type RefuseReason =
  | "client-denied"
  | "client-denied-temporarily"
  | "tls-required"
  | "authentication-required"
  | "sender-not-owned"
  | "rate-limited"
  | "no-such-mailbox"
  | "members-only"
  | "return-path-refused"
  | "blocklisted"
  | "grant-expired"
  | "address-shared"
  | "relaying-denied";

export type AcceptReason =
  | "local-recipient"
  | "relay-domain"
  | "authenticated"
  | "trusted-network"
  | "access-rule"
  | "roaming-grant";

/** A fact that could not be found out, where it could have turned the decision. */
export type UnknownReason =
  | "access-rules-unknown"
  | "sender-rights-unknown"
  | "blocklist-unknown"
  | "limits-unknown"
  | "recipient-unknown"
  | "grant-unknown";

export type Reason = RefuseReason | AcceptReason | UnknownReason;
