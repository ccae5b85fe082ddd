// What a policy means for the mail, in words for the operator.

import type { Domain } from "../mail/domain.ts";
import type { StsPolicy } from "./policy.ts";

/** Names of hosts that are listed in one sentence. */
const mostNames = 5;

/** One sentence, such as `MTA-STS of example.org, enforce: only to mx1.example.org or
 * *.mx.example.org, and only under TLS with a certificate for that name`. */
export function describeStsPolicy(domain: Domain, { mode, mx }: StsPolicy): string {
  const begin = `MTA-STS of ${domain}, ${mode}`;
  switch (mode) {
    case "none":
      return `${begin}: asks for nothing`;
    case "testing":
      return `${begin}: asks for ${hosts(mx)} and TLS with a certificate for that name; delivered whatever comes of it, and counted`;
    case "enforce":
      return `${begin}: only to ${hosts(mx)}, and only under TLS with a certificate for that name`;
  }
}

/** Why a host of the domain's MX records is passed over. */
export function sayNotListed(domain: Domain, host: Domain): string {
  return `MTA-STS of ${domain} does not list ${host}`;
}

function hosts(mx: readonly string[]): string {
  const more = mx.length > mostNames ? ` or ${mx.length - mostNames} more` : "";
  return `${mx.slice(0, mostNames).join(" or ")}${more}`;
}
