/** What went wrong with TLS, by the names under which TLS-RPT counts it (RFC 8460 §4.3). */
export type TlsFailureType =
  | "starttls-not-supported"
  | "certificate-host-mismatch"
  | "certificate-expired"
  | "certificate-not-trusted"
  /** All that has no name of its own. */
  | "validation-failure"
  /** TLSA records that nothing can be done with, or that the certificate matches none of. */
  | "tlsa-invalid"
  | "dnssec-invalid"
  | "dane-required"
  | "sts-policy-fetch-error"
  | "sts-policy-invalid"
  | "sts-webpki-invalid";

export interface TlsFailure {
  readonly type: TlsFailureType;
  /** A sentence, for people. */
  readonly why: string;
}
