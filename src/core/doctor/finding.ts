// What a look at the machine found, as a value: what it is, why that matters, what to do.

export type Outcome = "ok" | "warning" | "problem";

export interface Finding {
  readonly outcome: Outcome;
  /** One sentence without a full stop. */
  readonly what: string;
  /** What comes of it. */
  readonly why?: string;
  /** What to do. */
  readonly remedy?: string;
}

type Advice = Pick<Finding, "why" | "remedy">;

export function ok(what: string): Finding {
  return { outcome: "ok", what };
}

export function warning(what: string, advice: Advice): Finding {
  return { outcome: "warning", what, ...advice };
}

export function problem(what: string, advice: Advice): Finding {
  return { outcome: "problem", what, ...advice };
}

const order: readonly Outcome[] = ["ok", "warning", "problem"];

/** Of nothing it is `ok`. */
export function worstOf(findings: readonly Pick<Finding, "outcome">[]): Outcome {
  return findings.reduce<Outcome>(
    (worst, { outcome }) => (order.indexOf(outcome) > order.indexOf(worst) ? outcome : worst),
    "ok",
  );
}
