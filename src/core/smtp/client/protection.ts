// What protects a connection to another host, and how much of it we ask for.

import type { ChannelBindings } from "../../sasl/context.ts";

/** Encrypted where the host can, without asking who it is (RFC 7435); encrypted or not at all;
 * encrypted, with a certificate that says that it is the host we mean; in the clear. */
export type TlsLevel = "opportunistic" | "required" | "verified" | "off";

/** What a handshake has shown of the host. */
export interface HostTls {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** IANA's name of the cipher suite. */
  readonly cipher: string;
  readonly channelBindings: ChannelBindings;
  /** What is wrong with the host's certificate, in words; undefined where nothing is. */
  readonly doubt: string | undefined;
}

/** For the operator: kept with each attempt. */
export type Protection =
  | { readonly kind: "clear"; readonly why: string }
  | {
      readonly kind: "tls";
      readonly protocol: string;
      readonly cipher: string;
      readonly verified: boolean;
      /** Why it is not verified. */
      readonly why?: string;
    };

export function protectionOf({ protocol, cipher, doubt }: HostTls): Protection {
  return {
    kind: "tls",
    protocol,
    cipher,
    verified: doubt === undefined,
    ...(doubt !== undefined && { why: doubt }),
  };
}

/** `TLSv1.3 TLS_AES_256_GCM_SHA384, verified`; `in the clear: the host offers no STARTTLS`. */
export function describeProtection(protection: Protection): string {
  if (protection.kind === "clear") return `in the clear: ${protection.why}`;
  const { protocol, cipher, verified, why = "" } = protection;
  return `${protocol} ${cipher}, ${verified ? "verified" : `not verified: ${why}`}`;
}
