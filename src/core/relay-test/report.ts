// What a whole test has found.

import type { Address } from "../mail/address.ts";
import type { Context } from "./contexts.ts";
import type { SenderForm } from "./forms.ts";
import type { Names } from "./names.ts";
import { type Answer, judge, type Outcome } from "./outcome.ts";

/** What is known of the server before the first form. */
export interface Survey {
  /** `192.0.2.1:25`. */
  readonly server: string;
  /** Our own address on the connection: where nothing translates it, the server sees the same. */
  readonly client: string;
  readonly greeting: string;
  readonly names: Names;
  /** The operator named U@L; otherwise it is a guess. */
  readonly namedLocal: boolean;
  /** What was said to plain mail for it. */
  readonly local: Answer;
}

export interface FormResult {
  readonly sender: SenderForm;
  readonly recipient: string;
  readonly outcome: Outcome;
  readonly answer: Answer;
  /** What was said to a message in this form, where one was sent. */
  readonly delivery?: Answer;
}

export interface ContextResult {
  readonly context: Context;
  readonly results: readonly FormResult[];
  /** Why not all was tried here. */
  readonly obstacle?: Obstacle;
}

export interface Obstacle {
  readonly kind:
    /** The server does not have what the context needs, so nothing can be wrong there. */
    | "not-offered"
    /** It stopped answering, or it answers otherwise at another time. */
    | "unanswered"
    /** It took a login that nobody has. */
    | "login-taken";
  readonly said: string;
}

export interface Report {
  readonly survey: Survey;
  readonly contexts: readonly ContextResult[];
  /** Where messages were sent to, to see whether they arrive. */
  readonly deliver?: Address;
}

export type Verdict = "closed" | "open" | "unclear";

/** `unclear`: no hole was seen, and the server was not plain enough to say that there is none. */
export function verdictOf(report: Report): Verdict {
  const { contexts, survey } = report;
  const isOpen = contexts.some(({ obstacle }) => obstacle?.kind === "login-taken");
  if (isOpen || countForms(report, "hole") > 0) return "open";
  const isPlain = contexts.every(({ obstacle }) => obstacle?.kind !== "unanswered");
  const refused = countForms(report, "refused");
  if (!isPlain || refused === 0 || refused < countForms(report)) return "unclear";
  return survey.namedLocal && turnsAllAway(survey) ? "unclear" : "closed";
}

/** Not even mail for itself is taken from here, and neither for want of a login nor of the mailbox:
 * what it would do for other clients stays unseen. */
export function turnsAllAway({ local }: Survey): boolean {
  if (local.to === "nothing") return true;
  const { code, enhanced = "" } = local.reply;
  return judge("<a@X>", local) !== "taken" && code !== 530 && !enhanced.endsWith(".1.1");
}

/** Forms that were tried, or only those that fared so. */
export function countForms({ contexts }: Pick<Report, "contexts">, outcome?: Outcome): number {
  return contexts
    .flatMap(({ results }) => results)
    .filter((result) => outcome === undefined || result.outcome === outcome).length;
}
