// What the sender wants of the time at which its message goes, told to hosts that know of it.

import type { Extensions } from "./extensions.ts";
import type { OutgoingMessage } from "./session-values.ts";

/** The parameters of MAIL, each after a space (RFC 6710 §4.2, RFC 2852 §4). */
export function timingParameters(
  { priority, deliverBy, secondsLeft = 0 }: OutgoingMessage,
  { priorities, deliverBy: minimum }: Extensions,
): string {
  const urgency = priority !== undefined && priorities ? ` MT-PRIORITY=${priority}` : "";
  if (deliverBy === undefined || minimum === undefined) return urgency;
  const { missed, traced } = deliverBy;
  return `${urgency} BY=${secondsLeft};${missed === "return" ? "R" : "N"}${traced ? "T" : ""}`;
}
