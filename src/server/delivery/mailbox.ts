// The lane into mailboxes of ours.

import { errorText } from "../../core/error-text.ts";
import { type Address, formatAddress } from "../../core/mail/address.ts";
import { formatDeliveryFields } from "../../core/mail/trace.ts";
import type { QueuedRecipient } from "../../core/queue/message.ts";
import { createFifo } from "./fifo.ts";
import type { Maildirs } from "../../io/maildir/deliver.ts";
import { MaildirError } from "../../io/maildir/maildir-error.ts";
import type { Job, JobResult, Lane, Outcome } from "./job.ts";

export interface MailboxOptions {
  /** The account that takes the recipient's mail. Rejects where the store cannot say. */
  readonly find: (recipient: Address) => Promise<Address | undefined>;
  readonly maildirs: Maildirs;
}

/** Mailbox writes at once: enough to share directory syncs, few enough descriptors. */
const maxWrites = 16;

export function createMailboxLane({ find, maildirs }: MailboxOptions): Lane {
  const waiting = createFifo<Job>();
  let running = 0;

  function pump(): void {
    while (running < maxWrites) {
      const job = waiting.shift();
      if (job === undefined) return;
      running++;
      void deliver(job).finally(() => {
        running--;
        pump();
      });
    }
  }

  async function deliver(job: Job): Promise<void> {
    const results: JobResult[] = [];
    for (const recipient of job.recipients) {
      results.push({ recipient, outcome: await deliverTo(job, recipient) });
    }
    job.report(undefined, results);
  }

  async function deliverTo(job: Job, { address }: QueuedRecipient): Promise<Outcome> {
    try {
      const account = await find(address);
      if (account === undefined) return result("permanent", "5.1.1", "the mailbox is no more");
      const header = formatDeliveryFields(job.message.sender, address);
      if (job.message.isJunk) await maildirs.deliverAsJunk(account, header, job.content());
      else await maildirs.deliver(account, header, job.content());
      const place = job.message.isJunk ? "Junk folder" : "mailbox";
      return result("delivered", "2.0.0", `into the ${place} of ${formatAddress(account)}`);
    } catch (error) {
      const status = error instanceof MaildirError ? error.status : "4.3.0";
      const why = errorText(error);
      return result(status.startsWith("4") ? "temporary" : "permanent", status, why);
    }
  }

  return {
    submit(job) {
      waiting.push(job);
      pump();
    },
    close() {},
  };
}

function result(kind: Outcome["kind"], status: string, text: string): Outcome {
  return { kind, said: { status, text, remote: false } };
}
