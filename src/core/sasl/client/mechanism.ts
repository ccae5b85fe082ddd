import type { ClientContext } from "./context.ts";
import type { Turn } from "./turn.ts";

export interface ClientMechanism {
  readonly name: string;
  /** Absent: a password. */
  readonly source?: "token";
  readonly start: (context: ClientContext) => Turn;
}
