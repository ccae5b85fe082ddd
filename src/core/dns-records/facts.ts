// What the records of a domain follow from.

import type { Deliver } from "../config/settings.ts";
import type { KeyPairView, KeyState } from "../dkim/key.ts";
import type { Domain } from "../mail/domain.ts";
import type { IpAddress } from "../mail/ip.ts";

export interface DomainFacts {
  readonly domain: Domain;
  /** Our name. */
  readonly hostname: Domain;
  readonly deliver: Deliver["to"];
  /** From which our mail goes out, and at which we are reached; empty where they are not known. */
  readonly addresses: readonly IpAddress[];
  /** The host that takes our mail for everybody, where there is one. */
  readonly smartHost: string | undefined;
  readonly keys: readonly PublishedKeys[];
  readonly services: readonly Service[];
  /** Of the certificate that other servers are shown: SHA-256 of its public key, in hex. Undefined where
   * there is none yet. */
  readonly certificate: string | undefined;
  /** A number that grows by the day, such as 20261126. */
  readonly today: string;
}

export interface PublishedKeys extends Pick<KeyPairView, "name" | "publicKeys"> {
  readonly state: KeyState;
  /** Retired, and no mail that they signed is under way any more. */
  readonly isOver: boolean;
}

/** What mail programs look for (RFC 6186, RFC 8314). */
export const serviceNames = [
  "submissions",
  "submission",
  "pop3s",
  "pop3",
  "imaps",
  "imap",
] as const;

export interface Service {
  readonly name: (typeof serviceNames)[number];
  readonly port: number;
}
