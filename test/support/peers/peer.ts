// Somebody else's mail server, as the tests of all of them see it.

import type { Certificate } from "../certificates.ts";
import type { Machine } from "./machine.ts";
import type { SigningKey } from "./signing-key.ts";

/** What it is to be. */
export interface PeerRequest {
  readonly machine: Machine;
  /** The address of the machine's resolver. */
  readonly resolver: string;
  readonly hostname: string;
  /** Listens there, on port 25. */
  readonly address: string;
  /** Whose mail it takes. */
  readonly domains: readonly string[];
  /** Addresses in them that mail comes for, and that send. */
  readonly users: readonly string[];
  readonly certificate: Certificate;
  /** The authorities that it trusts, a file. */
  readonly authorities: string;
  readonly signsWith: SigningKey;
}

export interface Peer {
  /** What has arrived for its domains, in no order. */
  mail(): Promise<readonly string[]>;
  /** Hands it a message as its own users do; lines end in CR LF. */
  send(letter: PeerLetter): Promise<void>;
  /** The end of its log. */
  log(): Promise<string>;
}

export interface PeerLetter {
  readonly from: string;
  readonly to: string;
  readonly content: string;
}
