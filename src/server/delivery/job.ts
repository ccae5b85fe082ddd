// What delivery works on: one message, for the recipients that share a way.

import type { Said } from "../../core/queue/outcome.ts";
import type { Protection } from "../../core/smtp/client/protection.ts";
import type { NewMessage, QueuedMessage, QueuedRecipient } from "../../core/queue/message.ts";

/** A message's content, piece by piece, from memory or from the store. */
export type Octets = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface Job {
  readonly message: QueuedMessage;
  /** At least one; all go the same way. */
  readonly recipients: readonly QueuedRecipient[];
  /** The host is only asked whether it would take them: there is no content. */
  readonly asksOnly?: boolean;
  /** Each call begins anew. */
  readonly content: () => Octets;
  /** Jobs of one flow take turns with those of others (core/queue/flow.ts), those without one too. */
  readonly flow?: string;
  /** Told which host the job is sent to, each time that it is. */
  readonly onSent?: (contact: Contact) => void;
  /** Told once for each recipient what became of it; not all need come at once. */
  readonly report: (contact: Contact | undefined, results: readonly JobResult[]) => void;
  /** Gives the job up untried, as the server is stopping: the store still has it. */
  readonly leave?: () => void;
}

/** The host that was talked to. */
export interface Contact {
  /** Its name and address, for people. */
  readonly name: string;
  /** Absent where it did not come to that. */
  readonly protection?: Protection;
}

export interface JobResult {
  readonly recipient: QueuedRecipient;
  readonly outcome: Outcome;
}

export interface Outcome {
  readonly kind: "delivered" | "temporary" | "permanent";
  readonly said: Said;
  /** Of what was delivered: what a sender is told that asked to hear of success. Absent where the host
   * that has it now will tell. */
  readonly success?: "delivered" | "relayed";
  /** Of what a host has taken: whether it keeps the time by which it is to be delivered. */
  readonly keepsTime?: boolean;
  /** Delivered by sending it on: what is to be kept with the result. */
  readonly onward?: readonly NewMessage[];
  /** It was no matter of the message: its destination was tried and takes no mail now, or was found so
   * by another message's try, and this one's was spared. */
  readonly destination?: "tried" | "spared";
}

/** Where jobs of one destination go. */
export interface Lane {
  submit(job: Job): void;
  /** Ends idle connections now, and the others when their job is done. */
  close(): void;
}

/** Reports the same outcome for all recipients of a job. */
export function reportAll(job: Job, contact: Contact | undefined, outcome: Outcome): void {
  job.report(
    contact,
    job.recipients.map((recipient) => ({ recipient, outcome })),
  );
}
