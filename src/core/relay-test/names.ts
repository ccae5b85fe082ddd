// The values behind the letters of a form.

import { type Address, parseAddress } from "../mail/address.ts";
import { type Domain, isAddressLiteral, parseDomain } from "../mail/domain.ts";
import { formatIp, type IpAddress } from "../mail/ip.ts";

export interface Names {
  /** v@X. Its local part needs no quotes. */
  readonly foreign: Address;
  /** U@L. */
  readonly local: Address;
  /** H. */
  readonly host: Domain;
  /** I. */
  readonly ip: IpAddress;
}

/** A sender that the operator recognises, and a mailbox that nobody has. */
const made = { a: "relay-test-sender", n: "relay-test-no-such-mailbox" } as const;

/** The address on the wire for a form: `<v%X@H>` becomes `<tester%example.com@mail.example.org>`. */
export function fillIn(form: string, { foreign, local, host, ip }: Names): string {
  const literal = ip.version === 4 ? formatIp(ip) : `IPv6:${formatIp(ip)}`;
  const values: Readonly<Record<string, string>> = {
    ...made,
    v: foreign.local,
    X: foreign.domain,
    U: local.local,
    L: local.domain,
    H: host,
    I: literal,
  };
  return form.replace(/[a-z]+/gi, (word) => values[word] ?? word);
}

/** An address that stays one whichever way it is written into a form. */
export function parsePlainAddress(text: string): Address | undefined {
  const address = parseAddress(text);
  const isPlain = /^[a-z0-9+=_.-]+@[^[]+$/i.test(text);
  return address.ok && isPlain ? address.value : undefined;
}

/** The name by which a server greets, the first word behind its code (RFC 5321 §4.2). Undefined
 * where that is no name with a dot: such a one is nobody's domain. */
export function greetedName(text: string): Domain | undefined {
  const name = parseDomain(text.split(" ")[0] ?? "");
  return name?.includes(".") === true && !/^[0-9.]+$/.test(name) ? name : undefined;
}

/** A mailbox that a server of this name should have: its domain's postmaster (RFC 5321 §4.5.1). For
 * `mail.example.org` that is taken to be `example.org`. */
export function guessLocal(host: Domain): Address {
  const [, ...rest] = host.split(".");
  const isWhole = rest.length < 2 || isAddressLiteral(host);
  return { local: "postmaster", domain: isWhole ? host : rest.join(".") };
}
