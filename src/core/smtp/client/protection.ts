// What protects a connection to another host, and how much of it we ask for.

import type { ChannelBindings } from "../../sasl/context.ts";
import type { TlsFailureType } from "./tls-failure.ts";

/** Encrypted where the host can, without asking who it is (RFC 7435); encrypted or not at all;
 * encrypted, with a certificate that says that it is the host we mean; in the clear. */
export type TlsLevel = "opportunistic" | "required" | "verified" | "off";

/** Who asks for that level, where it is the domain that the mail goes to. */
export type TransportPolicyName = "dane" | "mta-sts" | "mta-sts-testing";

/** What a handshake has shown of the host. */
export interface HostTls {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** IANA's name of the cipher suite. */
  readonly cipher: string;
  readonly channelBindings: ChannelBindings;
  /** What is wrong with the host's certificate, in words; undefined where nothing is. */
  readonly doubt: string | undefined;
  /** What kind of doubt it is. */
  readonly flaw?: TlsFailureType;
}

/** For the operator: kept with each attempt. */
export type Protection =
  | { readonly kind: "clear"; readonly why: string; readonly policy?: TransportPolicyName }
  | {
      readonly kind: "tls";
      readonly protocol: string;
      readonly cipher: string;
      readonly verified: boolean;
      /** Why it is not verified. */
      readonly why?: string;
      /** What kind of reason that is. */
      readonly flaw?: TlsFailureType;
      /** What the domain asks for; absent where it asks for nothing. */
      readonly policy?: TransportPolicyName;
    };

/** @param policy of the domain that the mail goes to. */
export function protectionOf(
  { protocol, cipher, doubt, flaw }: HostTls,
  policy: TransportPolicyName | undefined,
): Protection {
  return {
    kind: "tls",
    protocol,
    cipher,
    verified: doubt === undefined,
    ...(doubt !== undefined && { why: doubt }),
    ...(flaw !== undefined && { flaw }),
    ...(policy !== undefined && { policy }),
  };
}

/** `TLSv1.3 TLS_AES_256_GCM_SHA384, verified (DANE)`; `in the clear: the host offers no STARTTLS`. */
export function describeProtection(protection: Protection): string {
  const by = protection.policy === undefined ? "" : ` (${policyWords[protection.policy]})`;
  if (protection.kind === "clear") return `in the clear${by}: ${protection.why}`;
  const { protocol, cipher, verified, why = "" } = protection;
  return `${protocol} ${cipher}, ${verified ? `verified${by}` : `not verified${by}: ${why}`}`;
}

export const policyWords: Readonly<Record<TransportPolicyName, string>> = {
  dane: "DANE",
  "mta-sts": "MTA-STS",
  "mta-sts-testing": "MTA-STS, testing",
};
