// What a mechanism is: a name, what it needs before it can be offered, and its dialogue.

import type { SaslContext } from "./context.ts";
import type { Exchange } from "./exchange.ts";

/** What some account store can do. */
export type CredentialSource =
  | "password"
  | "scram-sha-256-keys"
  | "scram-sha-1-keys"
  | "clear-password"
  | "token"
  | "certificate";

export interface Mechanism {
  readonly name: string;
  readonly source: CredentialSource;
  /** Whether the connection has to bring something more than TLS. */
  readonly connection: "any" | "channel-binding" | "client-certificate";
  /** @param initial what the client sent with its request, undefined if nothing: RFC 4422 §3.3 */
  start(context: SaslContext, initial: Uint8Array | undefined): Exchange;
}
