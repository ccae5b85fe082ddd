// One host's part in a store that several share: the contract for the server, free of any engine.

import type { Clock } from "../process/clock.ts";
import type { ChangeCounts } from "./changes.ts";

export interface SharingOptions {
  /** The host's name, which no other host has. */
  readonly name: string;
  readonly clock: Clock;
  /** What the operator should know of it. */
  readonly tell: (news: SharingNews) => void;
}

export type SharingNews =
  /** The store does not hear of this host; after half a minute it delivers nothing. */
  | { readonly kind: "unheard"; readonly why: string }
  | { readonly kind: "heard" }
  /** Another host has taken this one to be gone, and its messages over. */
  | { readonly kind: "taken-over" };

export interface Sharing {
  /** Of this host: its ids end in it (core/queue/ids.ts). */
  readonly number: number;
  /** In which messages of this host are its own: what was begun in another term is to be left alone.
   * Undefined while that is in doubt: then nothing may be begun. */
  readonly term: () => number | undefined;
  /** Looks for hosts that are gone, and makes their messages this host's own; to be called every few
   * seconds. */
  takeOver(): Promise<readonly TakenOver[]>;
  /** What was changed in the store, by whomever. */
  changes(): Promise<ChangeCounts>;
}

export interface TakenOver {
  /** The host's name. */
  readonly host: string;
  readonly messages: number;
}
