// What it takes to write a configuration: what was answered, or said with flags.

import type { Domain } from "../mail/domain.ts";
import type { Prefix } from "../mail/ip.ts";

export interface Answers {
  readonly hostname: Domain;
  /** Ours, with mailboxes. */
  readonly domains: readonly Domain[];
  /** Who may relay without a login. */
  readonly networks: readonly Prefix[];
  readonly way: WayOut;
  /** Absent: the server makes one. */
  readonly certificate?: CertificateFiles;
  /** Path of the data folder, as it is to be written. */
  readonly data: string;
  /** Whom the server becomes. */
  readonly user?: string;
  readonly listening: Listening;
  readonly blocklists: readonly Domain[];
  /** `127.0.0.1:53`; empty for the system's. */
  readonly dnsServers: readonly string[];
}

export type WayOut =
  /** To the MX hosts of each domain. */
  | { readonly kind: "direct" }
  | {
      readonly kind: "smart-host";
      /** `smtp.example.com:587` */
      readonly host: string;
      /** The file with the password stands beside the configuration. */
      readonly user?: string;
    };

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface Listening {
  /** IP addresses. */
  readonly addresses: readonly string[];
  /** What is added to each usual port. */
  readonly offset: number;
}

/** Stands beside the configuration. */
export const smartHostPasswordFile = "smarthost-password";

/** Of the roles that are set up. */
export const usualPorts = {
  mx: 25,
  submission: 587,
  submissions: 465,
  pop3s: 995,
  admin: 8025,
} as const;
