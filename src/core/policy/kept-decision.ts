import type { Decision } from "./decision.ts";
import type { DecisionId } from "./decision-id.ts";
import type { RelayRequest, TrustedNetwork } from "./request.ts";

/** A decision as it is kept for the operator, with every fact that it was made from. */
export interface KeptDecision {
  readonly id: DecisionId;
  /** UTC milliseconds. */
  readonly at: number;
  readonly listener: string;
  /** The name that the client greeted with. */
  readonly hello: string;
  readonly request: RelayRequest;
  readonly decision: Decision;
  /** The one of the rules' networks that the client was in. */
  readonly network?: TrustedNetwork;
}
