// What a mechanism knows of the connection, and what it uses of the world.

import type { ScramHash } from "./scram/keys.ts";

/** Cryptography, and chance. */
export interface SaslPorts {
  digest(hash: HashName, octets: Uint8Array): Uint8Array;
  hmac(hash: HashName, key: Uint8Array, octets: Uint8Array): Uint8Array;
  /** In a time that does not depend on the octets. */
  equal(one: Uint8Array, other: Uint8Array): boolean;
  /** Printable ASCII without commas, spaces and angle brackets, new each time: at least 128 bits of chance. */
  nonce(): string;
}

type HashName = ScramHash | "md5";

/** Types of channel binding that we know: RFC 9266, RFC 5929 §4. */
export type ChannelBindingType = "tls-exporter" | "tls-server-end-point";

export type ChannelBindings = Readonly<Partial<Record<ChannelBindingType, Uint8Array>>>;

/** What is the same for all connections. */
export interface SaslServer {
  readonly ports: SaslPorts;
  /** Names us in CRAM-MD5's challenge. */
  readonly hostname: string;
  /** A login may act as another account, if its store agrees (RFC 4422 §2, authorization identity). */
  readonly mayActAs: boolean;
  readonly decoy: DecoySource;
  /** What a client is told whose token is refused (RFC 7628 §3.2.2). */
  readonly oauth: { readonly scope?: string; readonly openIdConfiguration?: string };
}

/** From what the keys of users are made who do not exist. */
interface DecoySource {
  /** The same on all nodes and after each start, known to nobody else. */
  readonly secret: Uint8Array;
  /** As many as real keys have. */
  readonly iterations: number;
  /** Octets, as many as real keys have; at most 20. */
  readonly saltOctets: number;
}

export interface SaslContext extends SaslServer {
  /** Of the TLS that is up; empty in the clear. */
  readonly channelBindings: ChannelBindings;
  /** The mechanisms that the client was offered. If it knows of fewer, it has been deceived. */
  readonly offered: ReadonlySet<string>;
  /** Whom the client's certificate names, if it has a good one. */
  readonly certificate: string | undefined;
}
