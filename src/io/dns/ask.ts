// One question to the DNS: it waits for its turn, is counted, and never rejects.

import { bad, good, type Result } from "../../core/result.ts";
import type { Semaphore } from "../process/semaphore.ts";
import { type LookupProblem, readLookupError } from "./problem.ts";

/** Added to with each question that the DNS is asked. */
export interface QuestionCounts {
  asked: number;
  /** No answer came, or one that tells nothing. */
  failed: number;
}

type Ask = <Answer>(question: () => Promise<Answer>) => Promise<Result<Answer, LookupProblem>>;

export function createAsk(turns: Semaphore, counts?: QuestionCounts): Ask {
  return (question) =>
    turns.run(() => {
      if (counts !== undefined) counts.asked++;
      return question().then(good, (error) => {
        const problem = readLookupError(error);
        if (counts !== undefined && problem.kind === "unknown") counts.failed++;
        return bad(problem);
      });
    });
}
