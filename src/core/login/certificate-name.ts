// Whom a client's certificate names (RFC 5280 §4.2.1.6), for a login with SASL EXTERNAL. Only for a
// certificate that was verified.

import { formatAddress, mailboxKey, parseAddress } from "../mail/address.ts";

/** Its names as the TLS library writes them. */
export interface CertificateNames {
  /** Each attribute on a line: `CN=printer@example.org`. */
  readonly subject: string;
  /** `email:printer@example.org, DNS:printer.example.org`; what could be misread is in quotes, and a
   * comma within a name is written as something else. */
  readonly subjectAltName: string | undefined;
}

/**
 * The one mail address that the certificate names: its rfc822Name, or where it has none, the common
 * name. Undefined where that is no address, or where there are several: which of them logs in is not
 * ours to choose.
 *
 * Names are taken apart, never searched: an authority may let its clients choose a DNS name or a URI
 * with `email:` and another's address inside.
 */
export function certificateName(names: CertificateNames): string | undefined {
  const addresses = valuesOf(names.subjectAltName?.split(", "), "email:");
  const named = addresses.length > 0 ? addresses : valuesOf(names.subject.split("\n"), "CN=");
  const parsed = named.map(parseAddress);
  const [first] = parsed;
  if (first?.ok !== true) return undefined;
  const key = mailboxKey(first.value);
  const isOne = parsed.every((other) => other.ok && mailboxKey(other.value) === key);
  return isOne ? formatAddress(first.value) : undefined;
}

function valuesOf(entries: readonly string[] | undefined, kind: string): readonly string[] {
  return (entries ?? [])
    .filter((entry) => entry.startsWith(kind))
    .map((entry) => entry.slice(kind.length));
}
