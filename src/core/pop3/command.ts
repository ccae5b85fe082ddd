// The shape of one command in the table.

import type { Session, SessionSettings, Step } from "./state.ts";

export interface Command {
  readonly verb: string;
  /** The states of RFC 1939 §3 in which the command is allowed. */
  readonly phases: readonly ("authorization" | "transaction")[];
  /** @param argument all that stands behind the verb and one space. */
  handle(session: Session, argument: string, settings: SessionSettings): Step;
}
