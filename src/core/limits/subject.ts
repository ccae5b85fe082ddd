// Whom a message counts against. Who is known is known by name: a login, or the account that has read
// its mail from the client's address. A client whom the operator lets relay counts against nobody.
// Everybody else is an address in a network.

import type { IpAddress } from "../mail/ip.ts";

export type Scope = "client" | "network" | "login" | "grant";

export interface Subject {
  readonly scope: Scope;
  readonly key: string;
  /** The account that answers for what is sent, where one does. */
  readonly account?: string;
}

/** What is known of a sender. */
export interface Sender {
  readonly client: IpAddress;
  /** The account that logged in. */
  readonly login: string | undefined;
  /** A live grant that covers the sender; its account is null where the source names none. */
  readonly grant: { readonly account: string | null } | undefined;
  /** The client does not count by its address: the operator lets it relay. */
  readonly isExempt: boolean;
}

const nobody: readonly Subject[] = [];

export function subjectsOf({ client, login, grant, isExempt }: Sender): readonly Subject[] {
  if (login !== undefined) return [{ scope: "login", key: login, account: login }];
  if (grant !== undefined) return [grantSubject(client, grant.account)];
  if (isExempt) return nobody;
  return [
    { scope: "client", key: clientKey(client) },
    { scope: "network", key: networkKey(client) },
  ];
}

/** What is sent under a grant without an account counts against its address. */
function grantSubject(client: IpAddress, account: string | null): Subject {
  if (account === null) return { scope: "grant", key: clientKey(client) };
  return { scope: "grant", key: account, account };
}

/** Bits of an address by which one client is told from another, and one network. */
export const clientBits = { 4: 32, 6: 64 } as const;
export const networkBits = { 4: 24, 6: 48 } as const;

/** One client is one IPv4 address or one IPv6 /64: whoever has an IPv6 network has at least that
 * many addresses (RFC 6177 §2). */
export function clientKey({ version, octets }: IpAddress): string {
  return octets.slice(0, clientBits[version] / 8).join(".");
}

/** A network is an IPv4 /24 or an IPv6 /48: what one site gets at most (RFC 6177 §2). */
export function networkKey({ version, octets }: IpAddress): string {
  return octets.slice(0, networkBits[version] / 8).join(".");
}
