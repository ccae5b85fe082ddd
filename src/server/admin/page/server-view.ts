// What pages see of the running server beside its operations.

import type { Settings } from "../../../core/config/settings.ts";
import type { RelayFacts } from "./relay/relay-facts.ts";

export interface ServerView {
  /** Those that hold at the moment. */
  readonly settings: () => Settings;
  /** Who may relay by what holds at the moment. */
  readonly relay: () => Promise<RelayFacts>;
}
