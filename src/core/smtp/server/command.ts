// The shape of one command in the table.

import type { Phase, Session, SessionSettings, Step } from "./state.ts";

export interface Command {
  readonly verb: string;
  /** Where the command is allowed; elsewhere it gets the reply that `out-of-order.ts` finds. */
  readonly phases: readonly Phase["at"][];
  /** Brings no message forward: too many of these in a row close the connection. */
  readonly idle: boolean;
  /** Whether the command exists on this listener; absent where it always does. */
  readonly isOffered?: (settings: SessionSettings) => boolean;
  handle(session: Session, argument: string, settings: SessionSettings): Step;
}

/** Every phase in which the server reads commands. */
export const anyCommandPhase = ["fresh", "ready", "transaction", "chunks"] as const;
