// What the flags of `bailiwick init` say; what they do not say is asked, suggested or left out.

import type { Domain } from "../../core/mail/domain.ts";
import type { Address } from "../../core/mail/address.ts";
import type { Prefix } from "../../core/mail/ip.ts";
import type { CertificateFiles, WayOut } from "../../core/first-run/answers.ts";
import type { OutboundTarget } from "../doctor/look.ts";

export interface Given {
  /** Takes what would be suggested, and asks nothing. */
  readonly yes: boolean;
  readonly directory: string | undefined;
  readonly data: string | undefined;
  readonly hostname: Domain | undefined;
  /** Empty: there are none. */
  readonly domains: readonly Domain[] | undefined;
  readonly networks: readonly Prefix[] | undefined;
  readonly way: WayOut | undefined;
  readonly smartHostPasswordFile: string | undefined;
  readonly certificate: CertificateFiles | "self-signed" | undefined;
  /** Null: none is made. */
  readonly account: Address | null | undefined;
  readonly passwordFile: string | undefined;
  /** Of the page; null: none is added. */
  readonly operator: string | null | undefined;
  readonly operatorPasswordFile: string | undefined;
  readonly user: string | undefined;
  readonly addresses: readonly string[] | undefined;
  readonly portOffset: number | undefined;
  readonly blocklists: readonly Domain[] | undefined;
  readonly dnsServers: readonly string[];
  /** Null: nobody is greeted. */
  readonly outbound: OutboundTarget | null;
}
