// One message from its first octet to the promise to keep it: trace field, loop count, collecting,
// the store's commit, and over to the queue.

import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { createHeaderScan } from "../../core/mail/header-scan.ts";
import { formatReversePath } from "../../core/mail/address.ts";
import { formatReceived } from "../../core/mail/trace.ts";
import type { ContentTraits } from "../../core/mail/envelope.ts";
import { formatMessageId, type MessageId, type NewMessage } from "../../core/queue/message.ts";
import { reply, type Reply } from "../../core/smtp/reply.ts";
import type { Transaction } from "../../core/smtp/server/state.ts";
import type { HeldContent } from "../held-content.ts";
import type { Log } from "../log.ts";
import type { MemoryBudget } from "../memory.ts";
import { type Collected, createCollector } from "./collector.ts";

/** The part of the store that takes messages in. */
interface MessageKeeper {
  /** Resolves when the message is on disk and synced. */
  keep(message: NewMessage): Promise<void>;
  stash(id: MessageId, sequence: number, chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  unstash(id: MessageId): Promise<void>;
}

export interface IntakeOptions {
  readonly hostname: string;
  readonly keeper: MessageKeeper;
  readonly budget: MemoryBudget;
  readonly nextId: () => MessageId;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** The message is kept: deliver it. `content` is absent where it is in the store alone. */
  readonly onKept: (message: NewMessage, content: HeldContent | undefined) => void;
  /** Whether a failure of the store means that it is full, for the reply's code. */
  readonly isFull: (error: unknown) => boolean;
  readonly log: Log;
}

export interface IntakeSource {
  readonly session: string;
  readonly listener: string;
  readonly client: IpAddress;
  /** The connection may read on. */
  onDrain(): void;
}

/** One message that is arriving. */
export interface Intake {
  take(octets: Uint8Array): void;
  readonly isFull: boolean;
  /** All octets were taken and found in order; keeps the message. Never throws. */
  finish(traits: ContentTraits): Promise<Reply>;
  abandon(): void;
}

/** A message that has passed so many hosts is going round in circles (RFC 5321 §6.3). */
const maxHops = 50;

const replies = {
  loop: reply(554, "5.4.6", `Mail loop: more than ${maxHops} Received fields`),
  noMemory: reply(452, "4.3.1", "No room for the message now; try again later"),
  full: reply(452, "4.3.1", "The disk is full; try again later"),
  storeFailed: reply(451, "4.3.0", "The message could not be stored; try again later"),
};

/** Begins a message: DATA or the first BDAT was allowed. */
export function beginIntake(
  options: IntakeOptions,
  source: IntakeSource,
  transaction: Transaction,
): Intake {
  const { keeper, budget, log } = options;
  const id = options.nextId();
  const name = formatMessageId(id);
  const receivedAt = options.now();
  const scan = createHeaderScan();
  const collector = createCollector({
    budget,
    stash: (sequence, chunk) => keeper.stash(id, sequence, chunk),
    onDrain: () => source.onDrain(),
  });
  const trace = new TextEncoder().encode(
    formatReceived({
      hello: transaction.hello.name,
      client: source.client,
      hostname: options.hostname,
      protocol: protocolName(transaction),
      id: name,
      recipients: transaction.recipients.map(({ address }) => address),
      receivedAt,
    }),
  );
  collector.take(trace);

  function message({ stashed, rest }: Collected, traits: ContentTraits): NewMessage {
    return {
      id,
      receivedAt,
      sender: transaction.sender,
      smtputf8: transaction.smtputf8,
      origin: {
        client: formatIp(source.client),
        hello: transaction.hello.name,
        listener: source.listener,
      },
      recipients: transaction.recipients,
      size: trace.length + traits.size,
      eightBit: traits.eightBit,
      stashed,
      content: rest,
    };
  }

  function refuse(collected: Collected, refusal: Reply, error?: unknown): Reply {
    budget.release(collected.reserved);
    forget(collected.stashed);
    log.warn(
      { event: "refused", message: name, session: source.session, error },
      refusal.lines[0] ?? "",
    );
    return refusal;
  }

  function forget(stashed: number): void {
    if (stashed === 0) return;
    // What cannot be dropped now is dropped at the next start.
    keeper.unstash(id).catch((error: unknown) => {
      log.warn({ event: "unstash-failed", message: name, error }, "half a message is left");
    });
  }

  async function finish(traits: ContentTraits): Promise<Reply> {
    const collected = await collector.finish();
    const { problem } = collected;
    if (problem?.kind === "memory") return refuse(collected, replies.noMemory);
    if (problem?.kind === "store") return refuse(collected, failure(problem.error), problem.error);
    if (scan.hops > maxHops) return refuse(collected, replies.loop);
    const kept = message(collected, traits);
    try {
      await keeper.keep(kept);
    } catch (error) {
      return refuse(collected, failure(error), error);
    }
    log.info(
      {
        event: "queued",
        message: name,
        session: source.session,
        sender: formatReversePath(kept.sender),
        recipients: kept.recipients.length,
        size: kept.size,
      },
      "message kept",
    );
    handOver(kept, collected);
    return reply(250, "2.0.0", `Ok: queued as ${name}`);
  }

  function handOver(kept: NewMessage, { stashed, rest, reserved }: Collected): void {
    // Mail that waits for a slow host must not keep out the mail that arrives.
    if (stashed > 0 || budget.isTight) {
      budget.release(reserved);
      options.onKept(kept, undefined);
    } else {
      options.onKept(kept, { chunks: rest, release: () => budget.release(reserved) });
    }
  }

  function failure(error: unknown): Reply {
    return options.isFull(error) ? replies.full : replies.storeFailed;
  }

  return {
    take(octets) {
      scan.pass(octets);
      collector.take(octets);
    },
    get isFull() {
      return collector.isFull;
    },
    finish,
    abandon() {
      collector.discard();
      void collector.finish().then(({ stashed }) => forget(stashed));
    },
  };
}

/** RFC 3848, RFC 6531 §4.3. */
function protocolName({ hello, smtputf8 }: Transaction): string {
  if (smtputf8) return "UTF8SMTP";
  return hello.extended ? "ESMTP" : "SMTP";
}
