// What a host's answer to RCPT says of the recipient, when no mail comes with the question.

import type { Said } from "../queue/outcome.ts";

/** What became of the question at the host. */
interface Outcome {
  readonly kind: "delivered" | "temporary" | "permanent";
  readonly said: Said;
}

export type CalloutAnswer =
  | { readonly kind: "exists" | "nobody"; readonly said: string }
  /** The host cannot be asked, or will not say; `why` is for the operator. */
  | { readonly kind: "unsure"; readonly why: string };

/** RFC 3463 §3.2 and §3.3: there is no such mailbox, it has moved away, or takes nothing any more. */
const aboutMailbox = /^5\.(1\.[0136]|2\.1)$/;

/** A refusal for another reason, such as who asks, says nothing of the recipient. */
export function readCallout({ kind, said }: Outcome): CalloutAnswer {
  const { status, text, remote } = said;
  if (kind === "delivered") return { kind: "exists", said: text };
  const isNobody = kind === "permanent" && remote && aboutMailbox.test(status);
  if (isNobody && text.startsWith("55")) return { kind: "nobody", said: text };
  return { kind: "unsure", why: text };
}
