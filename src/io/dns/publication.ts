// What the DNS says about who takes a domain's mail.

import type { Domain } from "../../core/mail/domain.ts";
import type { Publication } from "../../core/policy/proof/elsewhere.ts";
import type { Resolver } from "./resolver.ts";

/** MX hosts whose addresses are looked up for one domain. */
const mostHosts = 10;

/** Never rejects. */
export async function lookUpPublication(
  resolver: Resolver,
  domain: Domain,
  ownNames: ReadonlySet<string>,
): Promise<Publication> {
  const mx = await resolver.mx(domain);
  const names = mx.kind === "records" ? mx.records.map(({ exchange }) => exchange) : [];
  // Where one bears our name, the others need no look.
  const asked = names.some((name) => ownNames.has(name)) ? [] : names.slice(0, mostHosts);
  const answers = await Promise.all(
    asked.map(async (name) => [name, await resolver.addresses(name)] as const),
  );
  return { mx, hosts: new Map(answers) };
}
