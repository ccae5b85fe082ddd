import type { Finding } from "../../core/doctor/finding.ts";
import type { Look } from "./look.ts";

/** One thing that is looked at. */
export interface Check<Seen = Look> {
  /** Names it for programs, and in the documentation. */
  readonly topic: string;
  /** @param signal when time is over: questions in flight are to be given up */
  readonly run: (seen: Seen, signal: AbortSignal) => Promise<readonly Finding[]>;
}

export interface TopicFinding extends Finding {
  readonly topic: string;
}
