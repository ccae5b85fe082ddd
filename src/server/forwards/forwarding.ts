// Sends mail on: for a forward to its targets, for a bounce back to whoever wrote.

import type { Forward } from "../../core/forwards/forward.ts";
import { findLoop } from "../../core/forwards/loop.ts";
import { type Onward, type OnwardOptions, sendOn } from "../../core/forwards/onward.ts";
import { type Address, formatAddress } from "../../core/mail/address.ts";
import { endOfHeader, longestHeader, readDeliveredTo } from "../../core/mail/delivered-to.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { addressOfKey } from "../../core/mail/mailbox-keys.ts";
import { formatDeliveredTo, formatDeliveryFields } from "../../core/mail/trace.ts";
import type { MessageId, RecipientKind } from "../../core/queue/message.ts";
import type { Srs } from "../../core/srs/srs.ts";
import type { Maildirs } from "../../io/maildir/deliver.ts";
import type { Job, Octets, Outcome } from "../delivery/job.ts";
import type { Way } from "../directory/directory.ts";
import type { Seal } from "./sealing.ts";

export interface ForwardingOptions {
  /** Rejects where the store cannot say. */
  readonly find: (key: string) => Promise<Forward | undefined>;
  readonly maildirs: Pick<Maildirs, "deliver" | "deliverAsJunk">;
  readonly srs: () => Srs;
  /** Whether mail from addresses there comes from us. */
  readonly isOurs: (domain: Domain) => boolean;
  /** How mail to that address travels. */
  readonly kindOf: (target: Address) => RecipientKind;
  /** Seals what is sent on in the name of a domain. */
  readonly seal: Seal;
  readonly nextId: () => MessageId;
  /** UTC milliseconds. */
  readonly now: () => number;
}

export interface Forwarding {
  /** What is to be kept in place of the recipient's message. Rejects where that cannot be said now.
   * A copy for a mailbox is there when it resolves. */
  sendOn(job: Job, recipient: Address, way: Exclude<Way, { kind: "mailbox" }>): Promise<Outcome>;
}

const encoder = new TextEncoder();

export function createForwarding(options: ForwardingOptions): Forwarding {
  const { find, maildirs, srs, isOurs, kindOf, seal, nextId, now } = options;

  async function keepCopy(job: Job, recipient: Address, account: string): Promise<void> {
    const header = formatDeliveryFields(job.message.sender, recipient);
    const mailbox = addressOfKey(account);
    if (job.message.isJunk) await maildirs.deliverAsJunk(mailbox, header, job.content());
    else await maildirs.deliver(mailbox, header, job.content());
  }

  return {
    async sendOn(job, recipient, way) {
      const forward = way.kind === "forward" ? await find(way.key) : undefined;
      if (way.kind === "forward" && forward === undefined) {
        return failure("5.1.1", "the forward is no more");
      }
      const onward: Onward =
        way.kind === "return" ? { targets: [way.to], owner: null } : (forward ?? nowhere);
      const header = await readHeader(job.content());
      const loop = findLoop(recipient, readDeliveredTo(header), isOurs);
      if (loop !== undefined) return failure("5.4.6", loop);
      // A bounce is not what its host has found out about anybody.
      const isBounce = way.kind === "return";
      const fields = isBounce ? "" : await seal(recipient.domain, header, () => job.content());
      const head = encoder.encode(`${formatDeliveredTo(recipient)}${fields}`);
      const world: OnwardOptions = { srs: srs(), isOurs, kindOf, nextId, now: now() };
      const made = sendOn(job.message, recipient, onward, head, world);
      if (!made.ok) return failure("5.1.7", made.problem);
      // Last, for what failed before is tried again, and a mailbox would have it twice.
      if (forward !== undefined && forward.keep !== null) {
        await keepCopy(job, recipient, forward.keep);
      }
      const text = describe(onward.targets, forward?.keep ?? null);
      return {
        kind: "delivered",
        said: { status: "2.0.0", text, remote: false },
        onward: made.value,
      };
    },
  };
}

const nowhere: Onward = { targets: [], owner: null };

function failure(status: string, text: string): Outcome {
  return { kind: "permanent", said: { status, text, remote: false } };
}

/** Targets that are named. */
const mostNamed = 3;

function describe(targets: readonly Address[], keep: string | null): string {
  const named = targets.slice(0, mostNamed).map(formatAddress);
  const others = targets.length - named.length;
  const more = others > 0 ? ` and ${others} more` : "";
  const copy = keep === null ? "" : `, with a copy into the mailbox of ${keep}`;
  return `sent on to ${named.join(", ")}${more}${copy}`;
}

/** The header, or what may be looked at of a very long one. */
async function readHeader(content: Octets): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of content) {
    pieces.push(piece);
    length += piece.length;
    const beginning = join(pieces, length);
    const end = endOfHeader(beginning);
    if (end !== undefined) return beginning.subarray(0, end);
    if (length >= longestHeader) break;
  }
  return join(pieces, length).subarray(0, longestHeader);
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
