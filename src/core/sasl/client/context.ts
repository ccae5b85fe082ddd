// What a mechanism of the client knows of the connection, and what it uses of the world.

import type { ChannelBindings, SaslPorts } from "../context.ts";

/** The same for all connections to one server. */
export interface ClientSasl {
  readonly ports: SaslPorts;
  readonly user: string;
  /** Or the access token. */
  readonly password: string;
  /** Absent: a password. */
  readonly source?: "token";
}

export interface ClientContext extends ClientSasl {
  /** Of the TLS that is up; empty in the clear. */
  readonly channelBindings: ChannelBindings;
  /** The mechanisms that the server says it knows, in capitals. */
  readonly offered: ReadonlySet<string>;
}
