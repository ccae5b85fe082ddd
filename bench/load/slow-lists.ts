// A process of its own that plays blocklists in the DNS: each answers every question after the same
// time. Its parent gives the address, the names and the delay as JSON; it answers with the port, or why not.
import { startDns } from "../../test/support/dns.ts";
import type { DnsZone } from "../../test/support/dns.ts";

export interface SlowLists {
  readonly host: string;
  /** 0: one that the system chooses. */
  readonly port: number;
  readonly zones: readonly string[];
  /** Milliseconds before each answer. */
  readonly delay: number;
  /** The last octet of clients in 127.0.1.0/24 that the last of the lists has. */
  readonly listedFrom: number;
}

/** Every list is in order: it has 127.0.0.2, and not 127.0.0.1. */
function records({ zones, delay, listedFrom }: SlowLists): DnsZone {
  const listing = { A: ["127.0.0.2"], TXT: ["listed for the bench"], ttl: 60, delay };
  const last = zones.at(-1) ?? "";
  const listed = Array.from({ length: 256 - listedFrom }, (_, index) => listedFrom + index);
  return Object.fromEntries([
    ...zones.map((zone) => [`*.${zone}`, { fault: "NXDOMAIN", delay }] as const),
    ...zones.map((zone) => [`2.0.0.127.${zone}`, listing] as const),
    ...listed.map((octet) => [`${octet}.1.0.127.${last}`, listing] as const),
  ]);
}

async function serve(): Promise<void> {
  const [text = ""] = process.argv.slice(2);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own parent wrote it
  const request = JSON.parse(text) as SlowLists;
  try {
    const dns = await startDns(records(request), request);
    process.send?.(dns.endpoint.port);
  } catch (error) {
    process.send?.(String(error));
  }
  process.once("disconnect", () => process.exit());
}

await serve();
