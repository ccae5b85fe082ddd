// Which part of a domain was registered by somebody, and which parts are theirs: by the public suffix list
// (RFC 7489 §3.2), which comes with its library.

import type { Domain } from "../../core/mail/domain.ts";

export type OrganizationOf = (domain: Domain) => Domain;

/** Read at the first use: it takes a moment, and whoever verifies nothing has no need of it. */
export async function loadOrganizations(): Promise<OrganizationOf> {
  const { getDomain } = await import("tldts");
  return (domain) => getDomain(domain, { allowPrivateDomains: true }) ?? domain;
}
