// Brings the answers of one transaction together into an outcome for each recipient.

import type { Reply } from "../reply.ts";
import { isRefusal, type RecipientOutcome, refusal } from "./failure.ts";
import type { Peer, Transaction } from "./session-values.ts";

/** Whether the content may be sent: the sender and some recipient have been accepted. */
export function hasAccepted({ mail, recipients }: Transaction): boolean {
  return mail !== undefined && !isRefusal(mail) && !recipients.every(isRefusal);
}

/** The outcome of a yes, with what the host takes over. */
export function taken(reply: Reply, { extensions }: Peer): RecipientOutcome {
  const { dsn, deliverBy } = extensions;
  return { kind: "delivered", reply, tells: dsn, keepsTime: deliverBy !== undefined };
}

/** One outcome for each recipient of the message. `rest` is that of the recipients on which the
 * host has not given its last word by itself: those accepted, and those not answered. */
export function outcomes(
  transaction: Transaction,
  rest: RecipientOutcome,
): readonly RecipientOutcome[] {
  const { peer, message, count, mail, recipients, finals } = transaction;
  const accepted = hasAccepted(transaction);
  let asked = 0;
  return message.recipients.map((_, index) => {
    if (index >= count) return { kind: "untried" };
    if (mail !== undefined && isRefusal(mail)) return refusal("mail", mail);
    const answer = recipients[index];
    if (answer === undefined) return rest;
    if (!isRefusal(answer)) return finalOutcome(finals[asked++], peer) ?? rest;
    if (!saysTooMany(answer)) return refusal("recipient", answer);
    return accepted ? { kind: "untried" } : laterRefusal(answer);
  });
}

/** What the host answered for one recipient by itself (RFC 2033 §4.2). */
function finalOutcome(reply: Reply | undefined, peer: Peer): RecipientOutcome | undefined {
  if (reply === undefined) return undefined;
  return isRefusal(reply) ? refusal("final", reply) : taken(reply, peer);
}

/** RFC 5321 §4.5.3.1.10: 452, and 552 from hosts that follow RFC 821, may mean that the transaction
 * is full, and the rest goes into the next one. An enhanced code can say that it means more. */
function saysTooMany({ code, enhanced }: Reply): boolean {
  return (code === 452 || code === 552) && (enhanced === undefined || enhanced.endsWith(".5.3"));
}

function laterRefusal(reply: Reply): RecipientOutcome {
  return { kind: "temporary", why: { kind: "refused", stage: "recipient", reply } };
}
