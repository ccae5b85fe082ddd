// What pages see of the running server beside its operations.

import type { Settings } from "../../../core/config/settings.ts";
import type { SilentHost } from "../../delivery/host-health.ts";
import type { HistoryReader } from "../../metrics/history.ts";
import type { RelayFacts } from "./relay/relay-facts.ts";

export interface ServerView {
  /** Those that hold at the moment. */
  readonly settings: () => Settings;
  /** Who may relay by what holds at the moment. */
  readonly relay: () => Promise<RelayFacts>;
  readonly history: HistoryReader;
  readonly certificates: () => readonly ShownCertificate[];
  /** Hosts that did not answer lately. */
  readonly silentHosts: () => readonly SilentHost[];
  /** Asks each resolver, now; within a bound. Never rejects. */
  readonly testResolvers: () => Promise<readonly ResolverTest[]>;
}

export interface ShownCertificate {
  readonly names: readonly string[];
  /** UTC milliseconds. */
  readonly expiresAt: number;
  readonly file: string;
  readonly isSelfSigned: boolean;
  readonly warning?: string;
}

export interface ResolverTest {
  readonly name: string;
  /** Why there was no answer. */
  readonly problem?: string;
  /** Milliseconds until the answer. */
  readonly latency: number | null;
}
