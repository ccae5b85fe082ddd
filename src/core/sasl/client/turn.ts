// One login as the client sees it (RFC 4422 §3). A mechanism is written from top to bottom, as its
// dialogue goes: each point where it has to wait is a value that holds how it goes on.

import type { ScramHash } from "../scram/keys.ts";

export type Turn =
  | {
      readonly kind: "say";
      /** Undefined at the very beginning, where the server speaks first. */
      readonly octets: Uint8Array | undefined;
      /** The server may take the login now. Where it has to prove something, not before it has. */
      readonly mayEnd: boolean;
      /** It wants to hear more. */
      readonly heard: (challenge: Uint8Array) => Turn;
    }
  | {
      readonly kind: "derive";
      readonly derivation: Derivation;
      readonly derived: (salted: Uint8Array) => Turn;
    }
  /** No good comes of going on; why, for the operator. */
  | { readonly kind: "give-up"; readonly why: string };

/** PBKDF2 of the password, as many octets as the hash has (RFC 5802 §2.2: Hi). */
export interface Derivation {
  readonly hash: ScramHash;
  readonly password: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

export function say(octets: Uint8Array | undefined, heard: (challenge: Uint8Array) => Turn): Turn {
  return { kind: "say", octets, mayEnd: false, heard };
}

/** The last message: whatever else the server wants to hear, there is nothing more to say. */
export function sayLast(octets: Uint8Array): Turn {
  return {
    kind: "say",
    octets,
    mayEnd: true,
    heard: () => giveUp("the host asks for more than the mechanism has to say"),
  };
}

export function giveUp(why: string): Turn {
  return { kind: "give-up", why };
}
