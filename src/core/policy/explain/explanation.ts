// What an operator is told of a decision. Plain values, so that it can be printed as JSON and cross
// the control socket.

import type { Place } from "../../config/settings.ts";
import type { Decision } from "../decision.ts";
import type { RelayRole, TlsState } from "../request.ts";

export interface Explanation {
  readonly question: QuestionInWords;
  readonly decision: Decision;
  /** On one line, as the client sees it. */
  readonly reply: string;
  /** In the order in which they were tried; the last one decided. */
  readonly rows: readonly TriedRow[];
  /** What would turn the answer round, each by itself; the smallest there are, a handful at most. */
  readonly turns: readonly Turn[];
}

export interface QuestionInWords {
  readonly role: RelayRole;
  readonly tls: TlsState;
  readonly client: string;
  /** The account; absent where nobody logged in. */
  readonly login?: string;
  /** Empty for `<>`. */
  readonly sender: string;
  readonly recipient: string;
}

export interface TriedRow {
  /** In the table of docs/how-it-decides.md. */
  readonly number: number;
  /** When the row applies. */
  readonly when: string;
  readonly found: "match" | "no-match" | "unknown";
  /** What it looked at, in words. */
  readonly fact: string;
  /** The line of the configuration that made it decide. */
  readonly place?: Place;
}

export interface Turn {
  /** What would have to be otherwise, in one line. */
  readonly advice: string;
  /** What the decision would be then. */
  readonly decision: Decision;
}
