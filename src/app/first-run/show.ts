// What the first run shows at its end: the records for the DNS, the settings for mail clients, who may
// relay.

import type { Settings } from "../../core/config/settings.ts";
import { findingsFor, itemsFor } from "../../core/dns-records/items.ts";
import { zoneText } from "../../core/dns-records/zone-text.ts";
import { isPublic } from "../../core/doctor/public-address.ts";
import { errorText } from "../../core/error-text.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { type IpAddress, parseIp } from "../../core/mail/ip.ts";
import type { Operations } from "../../server/admin/operations.ts";
import { withLookups } from "../doctor/dns.ts";
import { formatTable } from "../table.ts";
import { gatherFacts, publicAddresses } from "../../server/dns-records/domain-facts.ts";

/** Milliseconds that the DNS has to tell at which address others see us. */
const patience = 3_000;

/** Of each domain, what its zone needs; the DNS is not asked how they stand. */
export async function showRecords(
  settings: Settings,
  operations: Operations,
  now: number,
): Promise<string> {
  const addresses = await addressesOf(settings);
  const domains = settings.domains.filter(({ deliver }) => deliver.to !== "relay");
  const texts: string[] = [];
  for (const { name } of domains) {
    // oxlint-disable-next-line no-await-in-loop -- in their order
    texts.push(await showDomain(name, { settings, operations, now, addresses }));
  }
  return texts.join("\n");
}

interface DomainOptions {
  readonly settings: Settings;
  readonly operations: Operations;
  readonly now: number;
  readonly addresses: readonly IpAddress[];
}

async function showDomain(
  domain: Domain,
  { addresses, ...options }: DomainOptions,
): Promise<string> {
  const title = `For the DNS of ${domain} (later: bailiwick dns ${domain})`;
  try {
    const facts = await gatherFacts({ domain, ...options });
    const findings = findingsFor(itemsFor({ ...facts, addresses }), undefined);
    return `${title}\n\n${zoneText(domain, findings)}`;
  } catch (error) {
    return `${title}: ${errorText(error)}\n`;
  }
}

/** Behind a gateway, the DNS alone knows under which we are seen. */
async function addressesOf({ dns, hostname }: Settings): Promise<readonly IpAddress[]> {
  const own = publicAddresses();
  if (own.length > 0) return own;
  const signal = AbortSignal.timeout(patience);
  const found = await withLookups(dns.servers, signal, (lookups) => lookups.addresses(hostname));
  return found.ok ? found.value.flatMap((text) => parseIp(text) ?? []).filter(isPublic) : [];
}

/** How users set up their mail programs; empty where nobody logs in. */
export function showClients(settings: Settings, account: string): string {
  const { hostname, tls } = settings;
  const [sending, reading] = [waysTo("submission", settings), waysTo("pop3", settings)];
  if (sending === "" && reading === "") return "";
  const selfSigned = "signed by the server itself: clients warn of it until there is a real one";
  const rows = [
    ["  User name", `the whole address, such as ${account}`],
    ["  Sending", `${hostname}, ${sending}`],
    ["  Reading", `POP3: ${hostname}, ${reading}; IMAP is not served yet`],
    ...(tls.certificates.length > 0 ? [] : [["  Certificate", selfSigned]]),
  ];
  return `For mail clients\n${formatTable(rows)}`;
}

/** `port 465 with SSL/TLS, or port 587 with STARTTLS` */
function waysTo(role: "submission" | "pop3", { listeners }: Settings): string {
  const own = listeners.filter((each) => each.role === role);
  const ways = own.map(({ listen: [first], tls }) =>
    first === undefined
      ? ""
      : `port ${first.port} with ${tls === "implicit" ? "SSL/TLS" : "STARTTLS"}`,
  );
  return ways
    .filter((way) => way !== "")
    .toReversed()
    .join(", or ");
}
