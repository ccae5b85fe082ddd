// Where mail for a domain goes: from MX records to hosts in the order in which they are tried
// (RFC 5321 §5.1, RFC 7505 for domains that take no mail).

import type { Domain } from "../mail/domain.ts";

export interface MxRecord {
  readonly preference: number;
  /** Empty or `.` in the null MX (RFC 7505 §3). */
  readonly exchange: Domain;
}

/** What a resolver says of an answer that looks at signatures (DNSSEC). */
export interface Validation {
  /** The answer is the word of those whose names it is about, aliases on the way included. */
  readonly isSigned: boolean;
  /** The name at the end of the aliases; the name itself where it is none. */
  readonly canonical: Domain;
}

/** What the DNS said about a domain's MX records. */
export type MxAnswer =
  | {
      readonly kind: "records";
      readonly records: readonly MxRecord[];
      /** Absent where nobody looked at signatures. */
      readonly validation?: Validation;
    }
  /** The domain exists, but has no MX records. */
  | { readonly kind: "none"; readonly validation?: Validation }
  /** NXDOMAIN. */
  | { readonly kind: "no-such-domain" }
  /** No answer, or a broken one: another attempt may find out. */
  | { readonly kind: "unknown"; readonly why: string };

export interface MxHost {
  readonly preference: number;
  readonly name: Domain;
}

/** Why no host can be tried; `status` is of RFC 3463 and begins with 4 where waiting may help. */
export interface NoRoute {
  readonly kind: "no-route";
  readonly status: "4.4.3" | "5.1.2" | "5.1.10" | "5.4.4" | "5.4.6";
  readonly why: string;
}

/** Hosts in the order to try them, at least one. */
export type Route<Host extends MxHost> =
  | { readonly kind: "hosts"; readonly hosts: readonly Host[] }
  | NoRoute;

export interface OrderOptions {
  /** Names that this server goes by, in lower case. */
  readonly ownNames: ReadonlySet<Domain>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** The hosts for a domain's mail, lowest preference value first, equals in random order. Without MX
 * records the domain is its own host. Hosts that are ourselves are dropped, with all that are no
 * better: mail would come back to us (RFC 5321 §5.1). */
export function orderHosts(domain: Domain, answer: MxAnswer, options: OrderOptions): Route<MxHost> {
  if (answer.kind === "records") return orderRecords(domain, answer.records, options);
  if (answer.kind === "none") {
    const itself = { preference: 0, name: domain };
    return dropOurselves(domain, [itself], ({ name }) => options.ownNames.has(name));
  }
  if (answer.kind === "no-such-domain") {
    return noRoute("5.1.2", `the domain ${domain} does not exist`);
  }
  return noRoute("4.4.3", `the MX records of ${domain} could not be found out: ${answer.why}`);
}

function orderRecords(
  domain: Domain,
  records: readonly MxRecord[],
  { ownNames, random }: OrderOptions,
): Route<MxHost> {
  const usable = records.filter(({ exchange }) => !isRoot(exchange));
  if (usable.length === 0) {
    return noRoute("5.1.10", `the domain ${domain} takes no mail (null MX)`);
  }
  const ordered = usable
    .map(({ preference, exchange }) => ({ preference, name: exchange, turn: random() }))
    .toSorted((one, other) => one.preference - other.preference || one.turn - other.turn)
    .map(({ preference, name }) => ({ preference, name }));
  return dropOurselves(domain, ordered, ({ name }) => ownNames.has(name));
}

function isRoot(exchange: Domain): boolean {
  return exchange === "" || exchange === ".";
}

/** Drops the hosts that are ourselves, and all whose preference value is equal or higher. `hosts`
 * come in order of preference; the order is kept. */
export function dropOurselves<Host extends MxHost>(
  domain: Domain,
  hosts: readonly Host[],
  isOurselves: (host: Host) => boolean,
): Route<Host> {
  const ourselves = hosts.find(isOurselves);
  if (ourselves === undefined) return { kind: "hosts", hosts };
  const better = hosts.filter(({ preference }) => preference < ourselves.preference);
  if (better.length > 0) return { kind: "hosts", hosts: better };
  return noRoute(
    "5.4.6",
    `mail for ${domain} loops back to this server: ${ourselves.name} is its best MX host and ` +
      `is this server, which has no mailboxes for the domain`,
  );
}

function noRoute(status: NoRoute["status"], why: string): NoRoute {
  return { kind: "no-route", status, why };
}
