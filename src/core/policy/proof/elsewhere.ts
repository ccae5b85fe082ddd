// A domain under `domains` that the DNS gives to others: mail for it, from anyone here, would end
// here. (People have declared gmail.com theirs to be allowed to send to it.)

import type { Deliver, DomainSettings } from "../../config/settings.ts";
import type { AddressAnswer } from "../../delivery/addresses.ts";
import type { MxAnswer } from "../../delivery/mx.ts";
import type { Domain } from "../../mail/domain.ts";
import type { Finding } from "./finding.ts";
import { nowhere } from "./space.ts";
import { listOf } from "./words.ts";

/** What the DNS says of a domain. */
export interface Publication {
  readonly mx: MxAnswer;
  /** The addresses of the MX hosts, by name. */
  readonly hosts: ReadonlyMap<Domain, AddressAnswer>;
}

export interface Identity {
  readonly ownNames: ReadonlySet<string>;
  readonly ownAddresses: ReadonlySet<string>;
}

const mostNamed = 2;

/** A warning, where the domain's MX hosts are known and surely none of them is this server. A name
 * without MX records may be private, and says nothing. */
export function findElsewhere(
  { name, deliver, place }: DomainSettings,
  { mx, hosts }: Publication,
  ourselves: Identity,
): Finding | undefined {
  if (mx.kind !== "records") return undefined;
  const names = mx.records.map(({ exchange }) => exchange).filter((host) => host.length > 1);
  if (names.length === 0 || names.some((host) => mayBeUs(host, hosts.get(host), ourselves))) {
    return undefined;
  }
  const shown = names.slice(0, mostNamed);
  if (names.length > mostNamed) shown.push("others");
  return {
    severity: "warning",
    kind: "domain-elsewhere",
    place,
    space: nowhere,
    text:
      `the mail of ${name} goes to ${listOf(shown)}, says the DNS, and none of them is this server; ` +
      `if the domain is not yours, take it out of \`domains\`: what your clients send there would ${fates[deliver.to]}`,
  };
}

const fates: Readonly<Record<Deliver["to"], string>> = {
  mailboxes: "end here",
  relay: "pass through here",
  none: "be refused here",
};

function mayBeUs(
  host: Domain,
  answer: AddressAnswer | undefined,
  { ownNames, ownAddresses }: Identity,
): boolean {
  if (ownNames.has(host)) return true;
  if (answer === undefined || answer.kind === "unknown") return true;
  return (
    answer.kind === "addresses" && answer.addresses.some((address) => ownAddresses.has(address))
  );
}

/** RFC 2606, 6761, 6762, 8375, 9476: what only a private DNS can know. */
const neverPublic = /(^|\.)(test|example|invalid|localhost|local|internal|alt|onion|home\.arpa)$/;

export function isNeverPublic(domain: Domain): boolean {
  return neverPublic.test(domain);
}
