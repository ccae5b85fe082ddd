import type { Admission } from "../admitted.ts";
import type { Finding } from "../finding.ts";
import type { NamedLine } from "../lines.ts";
import type { RelayPolicy, Surroundings } from "../policy.ts";
import type { Space } from "../space.ts";

/** What a check looks at. */
export interface Evidence {
  readonly policy: RelayPolicy;
  readonly surroundings: Surroundings;
  readonly admissions: readonly Admission[];
  /** What the configuration names as admitted, by line and in all. */
  readonly lines: readonly NamedLine[];
  readonly named: Space;
  /** All space that is admitted, by whichever line. */
  readonly admitted: Space;
}

export type Check = (evidence: Evidence) => readonly Finding[];
