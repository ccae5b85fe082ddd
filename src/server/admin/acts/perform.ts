// Has an act done in somebody's name, and says what came of it in the web's terms: for the HTTP API, and
// for pages.

import { errorText } from "../../../core/error-text.ts";
import { bad, good, type Result } from "../../../core/result.ts";
import { StoreError } from "../../../io/store/error.ts";
import type { OperationsFor } from "../act-for.ts";
import type { Actor } from "../actor.ts";
import { MissingError, OperationError } from "../operations.ts";
import type { Act, ActTools } from "./act.ts";
import { BusyError, UnfitPasswordError } from "./make-credentials.ts";

export interface ActProblem {
  readonly status: 400 | 404 | 409 | 503;
  /** What is wrong, and what to do. */
  readonly error: string;
  /** Seconds after which it may go. */
  readonly retryAfter?: number;
}

export interface Performing {
  readonly operationsFor: OperationsFor;
  readonly tools: ActTools;
}

/** Rejects for faults of ours alone.
 * @param values the arguments as people write them, in text or JSON */
export async function performAct(
  act: Act,
  actor: Actor,
  values: Readonly<Record<string, unknown>>,
  { operationsFor, tools }: Performing,
): Promise<Result<unknown, ActProblem>> {
  const prepared = act.prepare(values);
  if (!prepared.ok) return bad({ status: 400, error: prepared.problem });
  try {
    return good(await prepared.value(operationsFor(actor), tools));
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return bad(problem);
  }
}

/** Undefined where it is a fault of ours. */
function problemOf(error: unknown): ActProblem | undefined {
  const text = errorText(error);
  if (error instanceof MissingError) return { status: 404, error: text };
  if (error instanceof OperationError) return { status: 409, error: text };
  if (error instanceof UnfitPasswordError) return { status: 400, error: text };
  if (error instanceof BusyError) return { status: 503, error: text, retryAfter: 10 };
  if (error instanceof StoreError && error.passes) {
    return { status: 503, error: text, retryAfter: 10 };
  }
  // Of the floor above: the configuration that should have been loaded is not in order.
  const isOfFile = error instanceof Error && error.name === "ConfigurationError";
  return isOfFile ? { status: 409, error: text } : undefined;
}
