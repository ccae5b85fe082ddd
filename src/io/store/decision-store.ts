// What the store does for decisions: the contract for the server, free of any engine.

import type { IpAddress } from "../../core/mail/ip.ts";
import type { DecisionId } from "../../core/policy/decision-id.ts";
import type { KeptDecision } from "../../core/policy/kept-decision.ts";
import type { MessageId } from "../../core/queue/message.ts";

/** All methods reject with a `StoreError` where the store cannot do its work. */
export interface DecisionStore {
  /** All of them or none; one that is there already stays as it is. Returns how many are new. */
  keep(decisions: readonly KeptDecision[]): Promise<number>;
  find(id: DecisionId): Promise<KeptDecision | undefined>;
  /** The latest of a client's, the latest first. */
  ofClient(client: IpAddress, limit: number): Promise<readonly KeptDecision[]>;
  count(): Promise<number>;
  /** Drops so many of the oldest; returns how many there were. */
  dropOldest(count: number): Promise<number>;
  /** Of the oldest `limit`, drops those from before `time` (UTC ms); returns how many. */
  dropBefore(time: number, limit: number): Promise<number>;
  /** The connection of the latest one; 0 for none. */
  lastSession(): Promise<MessageId>;
}
