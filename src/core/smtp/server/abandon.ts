// Leaving a message that has begun to arrive: its octets are to be forgotten.

import type { Session, Step } from "./state.ts";

/** Adds to `step` that the message is forgotten, if octets of one may have arrived in `before`. */
export function abandonMessage(before: Session, step: Step): Step {
  if (!hasContent(before)) return step;
  return { session: step.session, outputs: [{ kind: "abandon" }, ...step.outputs] };
}

function hasContent({ phase }: Session): boolean {
  switch (phase.at) {
    case "data":
    case "chunk":
    case "chunks":
      return true;
    case "asking":
      return phase.question.kind === "content";
    case "fresh":
    case "ready":
    case "transaction":
    case "swallow":
    case "authenticating":
    case "checking":
    case "securing":
    case "closed":
      return false;
  }
}
