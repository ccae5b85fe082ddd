// What a TLS handshake has shown: all that a session knows of TLS.

import type { ChannelBindings } from "./sasl/context.ts";

export interface TlsFacts {
  /** `TLSv1.3` */
  readonly version: string;
  /** IANA's name of the cipher suite: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  readonly channelBindings: ChannelBindings;
  /** The mail address that the client's certificate names; undefined where there is no certificate, or
   * none that was verified, or no such address in it. */
  readonly certificate: string | undefined;
}
