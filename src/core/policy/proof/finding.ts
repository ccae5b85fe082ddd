// What the proof finds wrong with a policy, as values and as lines for people.

import type { Place } from "../../config/settings.ts";
import { printable } from "../../smtp/reply.ts";
import type { Space } from "./space.ts";

/** A policy with a problem does not start; a warning is shown and does no harm by itself. */
type Severity = "problem" | "warning";

type FindingKind =
  | "too-wide"
  | "names-no-prefix"
  | "most-of-the-internet"
  | "joined"
  | "gateway"
  | "proxy"
  | "no-proxies"
  | "host-rule"
  | "acknowledges-nothing"
  | "domain-elsewhere";

export interface Finding {
  readonly severity: Severity;
  readonly kind: FindingKind;
  /** The line to change; absent where the fault is in no single line. */
  readonly place?: Place;
  /** The counterexample: addresses from which strangers would be relayed for. Empty where names are
   * the matter, not addresses. */
  readonly space: Space;
  /** What is wrong, and what to change. */
  readonly text: string;
}

/** On one line, as compilers do it: `FILE:LINE:COLUMN: TEXT`. */
export function formatFinding({ severity, place, text }: Finding): string {
  const parts = [
    ...(place === undefined ? [] : [`${place.file}:${place.line}:${place.column}`]),
    ...(severity === "warning" ? ["warning"] : []),
    text,
  ];
  return printable(parts.join(": "));
}
