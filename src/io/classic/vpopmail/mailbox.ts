// What vpopmail keeps of a user, wherever it keeps it, and who that is when a login asks.

import { formatAddress, parseAddress, type Address } from "../../../core/mail/address.ts";
import type { Domain } from "../../../core/mail/domain.ts";
import type { AccountFlags, LoginFault } from "../../../core/login/source.ts";
import type { Result } from "../../../core/result.ts";

export interface VpopmailUser {
  /** In lower case, at the domain that holds the user, not at an alias of it. */
  readonly mailbox: Address;
  /** Other names of the domain. */
  readonly aliasDomains: readonly Domain[];
  /** `pw_passwd`; empty where there is none. */
  readonly password: string;
  /** `pw_gid`, with what the domain's limits take away. */
  readonly flags: number;
  /** `pw_clear_passwd`, where vpopmail keeps it. */
  readonly clearPassword?: string;
}

export interface LookUpFailure {
  readonly fault: LoginFault;
  readonly why: string;
}

/** One of the places where vpopmail keeps its users. */
export interface VpopmailDirectory {
  readonly name: string;
  /** Never rejects. Undefined where there is no such user. */
  find(mailbox: Address): Promise<Result<VpopmailUser | undefined, LookUpFailure>>;
  close(): Promise<void>;
}

/** vpopmail.h. */
const bits = {
  noPop: 0x2,
  noImap: 0x8,
  bounceMail: 0x10,
  noRelay: 0x20,
  noSmtp: 0x800,
  /** V_OVERRIDE: the domain's limits do not count for this user. */
  override: 0x2000,
} as const;

export function readFlags(flags: number): AccountFlags {
  const isSet = (bit: number): boolean => (flags & bit) !== 0;
  return {
    noSmtp: isSet(bits.noSmtp),
    noPop: isSet(bits.noPop),
    noImap: isSet(bits.noImap),
    noRelay: isSet(bits.noRelay),
    bounceMail: isSet(bits.bounceMail),
  };
}

/** What a domain's limits may take away from its users. */
export interface DomainLimits {
  readonly noSmtp: boolean;
  readonly noPop: boolean;
  readonly noImap: boolean;
  readonly noRelay: boolean;
}

/** The flags that count for a user of a domain with such limits. */
export function limitFlags(flags: number, limits: DomainLimits): number {
  if ((flags & bits.override) !== 0) return flags;
  const names = ["noSmtp", "noPop", "noImap", "noRelay"] as const;
  return names.reduce((sum, name) => (limits[name] ? sum | bits[name] : sum), flags);
}

/** The mailbox that a login names: `user@domain`, or `user%domain` from clients that could not write
 * an @. vpopmail knows names of lower-case ASCII only; undefined for what cannot be one. */
export function readLogin(login: string): Address | undefined {
  if (!/^[\x21-\x7e]{1,160}$/.test(login)) return undefined;
  const text = login.includes("@") ? login : login.replace(/%([^%]*)$/, "@$1");
  const address = parseAddress(text.toLowerCase());
  if (!address.ok || formatAddress(address.value).startsWith('"')) return undefined;
  return address.value;
}
