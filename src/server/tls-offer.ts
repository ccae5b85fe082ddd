// What a listener offers of TLS.

import type { ListenerSettings } from "../core/config/settings.ts";
import type { SecureOptions } from "../io/tls/secure.ts";

export interface TlsOffer extends SecureOptions {
  /** It begins with the connection, not with a command. */
  readonly isImplicit: boolean;
}

/** Undefined where the listener does not offer it. */
export function offerTls(
  { tls }: ListenerSettings,
  protocol: SecureOptions["protocol"],
  { certificates, asksForCertificate }: Omit<SecureOptions, "protocol">,
): TlsOffer | undefined {
  if (tls === "off") return undefined;
  return { certificates, protocol, asksForCertificate, isImplicit: tls === "implicit" };
}
