// The lane to addresses of ours: into mailboxes, or on to where their mail is sent.

import { errorText } from "../../core/error-text.ts";
import { type Address, formatAddress } from "../../core/mail/address.ts";
import { formatDeliveryFields } from "../../core/mail/trace.ts";
import type { QueuedMessage, QueuedRecipient } from "../../core/queue/message.ts";
import { Fifo } from "./fifo.ts";
import type { Maildirs } from "../../io/maildir/deliver.ts";
import { MaildirError } from "../../io/maildir/maildir-error.ts";
import type { Way } from "../directory/directory.ts";
import type { Forwarding } from "../forwards/forwarding.ts";
import type { Job, JobResult, Lane, Outcome } from "./job.ts";

export interface MailboxOptions {
  /** Where the recipient's mail goes. Rejects where the store cannot say. */
  readonly find: (recipient: Address, message: QueuedMessage) => Promise<Way | undefined>;
  readonly maildirs: Maildirs;
  readonly forwarding: Forwarding;
}

/** Mailbox writes at once: enough to share directory syncs, few enough descriptors. */
const maxWrites = 16;

export function createMailboxLane({ find, maildirs, forwarding }: MailboxOptions): Lane {
  const waiting = new Fifo<Job>();
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
      const way = await find(address, job.message);
      if (way === undefined) return result("permanent", "5.1.1", "the mailbox is no more");
      if (way.kind !== "mailbox") return await forwarding.sendOn(job, address, way);
      const { account } = way;
      const header = formatDeliveryFields(job.message.sender, address);
      if (job.message.isJunk) await maildirs.deliverAsJunk(account, header, job.content());
      else await maildirs.deliver(account, header, job.content());
      const place = job.message.isJunk ? "Junk folder" : "mailbox";
      const delivered = result(
        "delivered",
        "2.0.0",
        `into the ${place} of ${formatAddress(account)}`,
      );
      return { ...delivered, success: "delivered" };
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
