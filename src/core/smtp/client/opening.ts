// What a session has to come by before it takes mail: TLS, and a login.

import type { ClientSasl } from "../../sasl/client/context.ts";
import type { HostTls, TlsLevel, TransportPolicyName } from "./protection.ts";

export interface ClientOptions {
  /** Our name or address literal, for EHLO (RFC 5321 §4.1.1.1). */
  readonly hostname: string;
  readonly tls: TlsLevel;
  /** Absent: SMTP. */
  readonly protocol?: "lmtp";
  /** The host keeps mailboxes on this machine, and nothing goes on from there: REQUIRETLS asks nothing
   * of it. */
  readonly endsHere?: boolean;
  /** Messages of this connection; absent: as many as the host takes. */
  readonly messagesPerConnection?: number;
  /** Recipients in one transaction; absent: 100, which every host takes (RFC 5321 §4.5.3.1.8). */
  readonly recipientsPerMessage?: number;
  /** TLS begins with the connection (RFC 8314 §3), not with STARTTLS. */
  readonly implicitTls?: boolean;
  /** What the domain that the mail goes to asks for, where it asks for that level. */
  readonly policy?: TransportPolicyName;
  /** Why TLS is off, for the operator. */
  readonly clearBecause?: string;
  /** The host's name is the operator's own word, or the domain's, and no answer of the DNS that anybody
   * could have given. */
  readonly isNameTrusted?: boolean;
  /** All mail of this session is under REQUIRETLS (RFC 8689 §4.2.1). */
  readonly requireTls?: boolean;
  readonly login?: ClientLogin;
}

export interface ClientLogin extends ClientSasl {
  /** The host is this machine: nobody listens. */
  readonly allowedInClear: boolean;
}

/** A session on its way to its first message. */
export interface Opening {
  readonly options: ClientOptions;
  /** Undefined in the clear. */
  readonly tls: HostTls | undefined;
}

/** Whether the host is the one that the operator means: the certificate says so, and the name that
 * it was checked against comes from nobody else. */
export function isAuthenticated({ options, tls }: Opening): boolean {
  return tls !== undefined && tls.doubt === undefined && options.isNameTrusted === true;
}
