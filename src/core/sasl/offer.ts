// With what a client may log in, at this moment of its session (RFC 4954 §3, RFC 5034 §3).

import type { ChannelBindings, SaslContext, SaslServer } from "./context.ts";
import type { CredentialSource, Mechanism } from "./mechanism.ts";
import { offeredMechanisms } from "./mechanisms.ts";
import type { TlsFacts } from "../tls-facts.ts";

export interface AuthSettings {
  readonly sasl: SaslServer;
  /** What the account stores can do. */
  readonly sources: ReadonlySet<CredentialSource>;
  /** Without TLS too: for a client on this machine, where so configured. */
  readonly allowedInClear: boolean;
  /** So many refused logins end the session. */
  readonly maxRefusedLogins: number;
}

const noBindings: ChannelBindings = {};

export function mayLogIn(tls: TlsFacts | undefined, { allowedInClear }: AuthSettings): boolean {
  return tls !== undefined || allowedInClear;
}

export function offeredTo(tls: TlsFacts | undefined, auth: AuthSettings): readonly Mechanism[] {
  return offeredMechanisms({
    sources: auth.sources,
    mayLogIn: mayLogIn(tls, auth),
    channelBindings: tls?.channelBindings ?? noBindings,
    hasCertificate: tls?.certificate !== undefined,
  });
}

export function saslContext(tls: TlsFacts | undefined, auth: AuthSettings): SaslContext {
  return {
    ...auth.sasl,
    channelBindings: tls?.channelBindings ?? noBindings,
    offered: new Set(offeredTo(tls, auth).map(({ name }) => name)),
    certificate: tls?.certificate,
  };
}
