// One message from its first octet to the promise to keep it: trace field, loop count, what submission
// does to it, inspection, collecting, the store's commit, and over to the queue.

import { accountKey } from "../../core/mail/account-key.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import {
  createForgedResultsFilter,
  type ForgedResultsFilter,
} from "../../core/authentication/forged-results.ts";
import { HeaderScan } from "../../core/mail/header-scan.ts";
import { formatDate } from "../../core/mail/date.ts";
import { formatReversePath } from "../../core/mail/address.ts";
import { formatReceived } from "../../core/mail/trace.ts";
import { transmissionType } from "../../core/mail/transmission.ts";
import type { ContentTraits } from "../../core/mail/envelope.ts";
import type { RelayRole } from "../../core/policy/request.ts";
import {
  formatMessageId,
  type MessageId,
  type NewMessage,
  type TlsWish,
} from "../../core/queue/message.ts";
import { wishesOf } from "../../core/queue/wishes.ts";
import { describeReply, type Reply } from "../../core/smtp/reply.ts";
import { messageReplies } from "../../core/smtp/server/message-replies.ts";
import type { Transaction } from "../../core/smtp/server/state.ts";
import type { HeldContent } from "../held-content.ts";
import type { Log } from "../log.ts";
import type { MessageRefusal } from "../metrics/counters.ts";
import type { MemoryBudget } from "../memory.ts";
import { type Collected, type Collector, createCollector } from "./collector.ts";
import type { Inspection } from "./inspection.ts";
import { beginInspection, type Inspectors, type Judgement } from "./inspectors.ts";
import { createSubmission, type Submission, type SubmissionRules } from "./submission.ts";

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
  /** A message is refused whose recipients had been accepted. */
  readonly onRefused: (why: MessageRefusal) => void;
  /** Whether a failure of the store means that it is full, for the reply's code. */
  readonly isFull: (error: unknown) => boolean;
  readonly log: Log;
}

export interface IntakeSource {
  readonly session: string;
  readonly listener: string;
  readonly role: RelayRole;
  readonly client: IpAddress;
  /** What lets the message be relayed is a grant. */
  readonly isGranted: boolean;
  /** The account whose grant that is, where it names one. */
  readonly grantedTo?: string | undefined;
  /** For the mail of those who have logged in. */
  readonly submission: SubmissionRules;
  /** In their order; mostly none. */
  readonly inspections: readonly Inspection[];
  /** Takes out what claims to be our own word about the message. */
  readonly removesForgedResults: boolean;
  /** Whether the client may send to anybody here. Asked only where there are inspections. */
  readonly mayRelay: () => boolean;
  /** The connection may read on. */
  onDrain(): void;
}

/** A message that has passed so many hosts is going round in circles (RFC 5321 §6.3). */
const maxHops = 50;

const encoder = new TextEncoder();

/** Milliseconds until another try to drop half a message from a store that could not. */
const forgetAgain = 5_000;

interface MessageRefused {
  readonly reply: Reply;
  readonly kind: MessageRefusal;
}

/** One message that is arriving: DATA or its first BDAT was allowed. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #source: IntakeSource;
  readonly #transaction: Transaction;
  readonly #id: MessageId;
  readonly #receivedAt: number;
  readonly #scan = new HeaderScan();
  readonly #collector: Collector;
  /** Octets that are kept. */
  #size = 0;
  /** Undefined where nothing is taken out. */
  readonly #filter: ForgedResultsFilter | undefined;
  /** Undefined where nobody has logged in. */
  readonly #submission: Submission | undefined;
  /** Undefined where nobody looks at the message. */
  readonly #inspectors: Inspectors | undefined;

  constructor(options: IntakeOptions, source: IntakeSource, transaction: Transaction) {
    const { keeper, budget, nextId, now } = options;
    const id = nextId();
    this.#options = options;
    this.#source = source;
    this.#transaction = transaction;
    this.#id = id;
    this.#receivedAt = now();
    this.#collector = createCollector({
      budget,
      stash: (sequence, chunk) => keeper.stash(id, sequence, chunk),
      onDrain: () => source.onDrain(),
    });
    this.#collect(encoder.encode(this.#received()));
    this.#filter = source.removesForgedResults
      ? createForgedResultsFilter(options.hostname, (octets) => this.#keep(octets))
      : undefined;
    this.#submission = this.#submit();
    this.#inspectors = source.inspections.length === 0 ? undefined : this.#inspect();
  }

  take(octets: Uint8Array): void {
    this.#scan.pass(octets);
    this.#inspectors?.sent(octets);
    if (this.#submission === undefined) this.#edit(octets);
    else this.#submission.take(octets);
  }

  /** The client should send no more for now. */
  get isFull(): boolean {
    return this.#collector.isFull() || this.#inspectors?.isFull === true;
  }

  /** All octets were taken and found in order; keeps the message. Never rejects. */
  async finish(traits: ContentTraits): Promise<Reply> {
    this.#submission?.finish();
    this.#filter?.finish();
    const collected = await this.#collector.finish();
    const refusal = await this.#ownRefusal(collected);
    if (refusal !== undefined) {
      this.#inspectors?.abandon();
      return this.#refuse(collected, refusal, refusal.why);
    }
    const judgement = await this.#inspectors?.judge();
    if (judgement?.refusal !== undefined) {
      const { reply: told, by, why } = judgement.refusal;
      return this.#refuse(collected, { reply: told, kind: "inspection" }, `${by}: ${why}`);
    }
    const kept = this.#submission?.traitsAfter(traits) ?? traits;
    const message = withJudgement(this.#message(collected, kept), judgement);
    try {
      await this.#options.keeper.keep(message);
    } catch (error) {
      return this.#refuse(collected, this.#failure(error), error);
    }
    this.#logKept(message, judgement?.junk);
    // The 250 goes out first: while we deliver, the client goes on.
    setImmediate(() => this.#handOver(message, collected));
    return this.#kept();
  }

  /** The promise. A priority that is not the one asked for is told in it. */
  #kept(): Reply {
    const { isPriorityChanged, priority } = this.#transaction;
    const id = formatMessageId(this.#id);
    if (isPriorityChanged !== true) return messageReplies.kept(id);
    return messageReplies.keptWithPriority(priority ?? 0, id);
  }

  /** The message will not be: what has arrived of it is forgotten. */
  abandon(): void {
    this.#inspectors?.abandon();
    this.#collector.discard();
    void this.#collector.finish().then(({ stashed }) => this.#forget(stashed));
  }

  #submit(): Submission | undefined {
    const { login: account } = this.#transaction;
    if (account === undefined) return undefined;
    return createSubmission({
      rules: this.#source.submission,
      account,
      added: {
        date: formatDate(this.#receivedAt),
        messageId: `<${formatMessageId(this.#id)}@${this.#options.hostname}>`,
      },
      pass: (octets) => this.#edit(octets),
    });
  }

  #inspect(): Inspectors | undefined {
    const { session, listener, role, client, isGranted, inspections, mayRelay } = this.#source;
    const message = {
      id: this.#id,
      session,
      listener,
      role,
      client,
      mayRelay: mayRelay(),
      isGranted,
      transaction: this.#transaction,
      receivedAt: this.#receivedAt,
    };
    return beginInspection(inspections, message, () => this.#source.onDrain());
  }

  #edit(octets: Uint8Array): void {
    if (this.#filter === undefined) this.#keep(octets);
    else this.#filter.take(octets);
  }

  #keep(octets: Uint8Array): void {
    this.#inspectors?.kept(octets);
    this.#collect(octets);
  }

  #collect(octets: Uint8Array): void {
    this.#size += octets.length;
    this.#collector.take(octets);
  }

  /** Why the message is not taken, whoever has looked at it. */
  async #ownRefusal({
    problem,
  }: Collected): Promise<(MessageRefused & { why?: unknown }) | undefined> {
    if (problem?.kind === "memory") return { reply: messageReplies.noMemory, kind: "memory" };
    if (problem?.kind === "store") {
      return { ...this.#failure(problem.error), why: problem.error };
    }
    if (this.#scan.hops > maxHops) return { reply: messageReplies.loop(maxHops), kind: "loop" };
    const refusal = await this.#submission?.refusal();
    return refusal && { ...refusal, kind: "sender" };
  }

  #received(): string {
    const { hello, smtputf8, recipients, tls, login } = this.#transaction;
    const { extended } = hello;
    return formatReceived({
      hello: hello.name,
      client: this.#source.client,
      hidesClient: login !== undefined && this.#source.submission.hideClient,
      hostname: this.#options.hostname,
      protocol: transmissionType({
        extended,
        smtputf8,
        tls: tls !== undefined,
        loggedIn: login !== undefined,
      }),
      tls,
      id: formatMessageId(this.#id),
      recipients: recipients.map(({ address }) => address),
      receivedAt: this.#receivedAt,
    });
  }

  #message({ stashed, rest }: Collected, traits: ContentTraits): NewMessage {
    const { sender, smtputf8, recipients, hello, login } = this.#transaction;
    const { client, listener, grantedTo } = this.#source;
    const account = login ?? grantedTo;
    const origin = { client: formatIp(client), hello: hello.name, listener };
    const message = {
      id: this.#id,
      receivedAt: this.#receivedAt,
      sender,
      smtputf8,
      origin: account === undefined ? origin : { ...origin, login: accountKey(account) },
      recipients,
      size: this.#size,
      eightBit: traits.eightBit,
      stashed,
      content: rest,
    };
    const wishes = wishesOf(this.#transaction, this.#tlsWish());
    return wishes === undefined ? message : { ...message, ...wishes };
  }

  /** RFC 8689 §4.1: what MAIL said counts before what the header says. */
  #tlsWish(): TlsWish | undefined {
    if (this.#transaction.requireTls) return "required";
    return this.#scan.isTlsOptional ? "optional" : undefined;
  }

  #handOver(message: NewMessage, { stashed, reserved }: Collected): void {
    const { budget, onKept } = this.#options;
    // Mail that waits for a slow host must not keep out the mail that arrives.
    if (stashed > 0 || budget.isTight) {
      budget.release(reserved);
      onKept(message, undefined);
    } else {
      const { preface, content } = message;
      const chunks = preface === undefined ? content : [preface, ...content];
      onKept(message, { chunks, release: () => budget.release(reserved) });
    }
  }

  #failure(storeError: unknown): MessageRefused {
    return this.#options.isFull(storeError)
      ? { reply: messageReplies.full, kind: "full" }
      : { reply: messageReplies.storeFailed, kind: "store" };
  }

  #refuse(
    { reserved, stashed }: Collected,
    { reply: refusal, kind }: MessageRefused,
    error?: unknown,
  ): Reply {
    this.#options.onRefused(kind);
    this.#options.budget.release(reserved);
    this.#forget(stashed);
    const fields = { message: formatMessageId(this.#id), session: this.#source.session, error };
    this.#options.log.warn({ event: "refused", ...fields }, describeReply(refusal));
    return refusal;
  }

  /** Drops what was stashed: at once, or when the store can again, which may be full of just this.
   * After a stop, the next start does it. */
  #forget(stashed: number): void {
    if (stashed === 0) return;
    const { keeper, log } = this.#options;
    const message = formatMessageId(this.#id);
    keeper.unstash(this.#id).then(
      () => log.info({ event: "unstashed", message }, "half a message was dropped"),
      (error: unknown) => {
        log.warn({ event: "unstash-failed", message, error }, "half a message is left");
        setTimeout(() => this.#forget(stashed), forgetAgain).unref();
      },
    );
  }

  #logKept({ sender, recipients, size, origin }: NewMessage, junk: readonly string[] = []): void {
    const { login } = this.#transaction;
    this.#options.log.info(
      {
        event: "queued",
        message: formatMessageId(this.#id),
        session: this.#source.session,
        sender: formatReversePath(sender),
        recipients: recipients.length,
        size,
        // The message itself may not say it.
        login,
        client: login === undefined ? undefined : origin.client,
        junk: junk.length > 0 ? junk.join("; ") : undefined,
      },
      "message kept",
    );
  }
}

/** The message as it is kept after inspection. */
function withJudgement(message: NewMessage, judgement: Judgement | undefined): NewMessage {
  if (judgement === undefined) return message;
  const { fields, junk } = judgement;
  const judged: NewMessage = junk.length > 0 ? { ...message, isJunk: true } : message;
  if (fields === "") return judged;
  const preface = encoder.encode(fields);
  return {
    ...judged,
    preface,
    size: message.size + preface.length,
    // A field may hold an address of other letters.
    eightBit: message.eightBit || preface.length > fields.length,
  };
}
