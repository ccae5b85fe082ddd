// What is counted for reports of TLS: each session with a host of another domain, and how it went
// (RFC 8460 §4).

import type { Domain } from "../mail/domain.ts";
import type { TlsFailureType } from "../smtp/client/tls-failure.ts";

/** Sessions of one day and recipients' domain that went alike. */
export interface SessionCount {
  readonly policy: AppliedPolicy;
  /** Absent: TLS was as the policy wants it, or at all where there is none. */
  readonly failure?: SessionFailure;
  /** How many. */
  readonly count: number;
}

/** What the domain asked for (§4.4). */
export interface AppliedPolicy {
  readonly type: "sts" | "tlsa" | "no-policy-found";
  /** Of whom it is: the domain that the mail goes to, but for TLSA records, which are of a host (§1.1). */
  readonly domain: Domain;
  /** The lines of an MTA-STS policy, or TLSA records. */
  readonly lines: readonly string[];
  /** The hosts that an MTA-STS policy lists, patterns among them. */
  readonly hosts: readonly string[];
}

/** §4.3 and §4.4. */
export interface SessionFailure {
  readonly type: TlsFailureType;
  /** Our own address. */
  readonly from?: string;
  /** The host of the MX record. */
  readonly host?: Domain;
  readonly to?: string;
  /** An error code, or a sentence. */
  readonly reason?: string;
}
