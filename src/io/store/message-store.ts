// What the store does for messages: the contract for the server, free of any engine.

import type { Domain } from "../../core/mail/domain.ts";
import type { ReversePath } from "../../core/mail/address.ts";
import type { MessageRequest } from "../../core/mail/notice-request.ts";
import type {
  MessageId,
  NewMessage,
  NewRecipient,
  Origin,
  QueuedMessage,
  RecipientResult,
  Settlement,
  TlsWish,
} from "../../core/queue/message.ts";
import type { MessageTiming } from "../../core/queue/timing.ts";
import type { Protection } from "../../core/smtp/client/protection.ts";

/** All methods reject with a `StoreError` where the store cannot do its work. */
export interface MessageStore {
  /** Resolves only after the message is on disk: then it may be acknowledged. */
  keep(message: NewMessage): Promise<void>;
  /** Puts away a part of a large message while it arrives; sequence numbers ascend from 1, for
   * what is kept with the message may stand before. What is stashed and never kept goes at the next start. */
  stash(id: MessageId, sequence: number, chunk: Uint8Array): Promise<void>;
  /** Throws away what was stashed of a message that did not arrive whole. */
  unstash(id: MessageId): Promise<void>;
  /** The message's octets, one chunk in memory at a time. Throws a `missing` StoreError where the
   * message is not there or was removed meanwhile: never ends early without a word. */
  content(id: MessageId): AsyncIterable<Uint8Array>;
  /** Messages with recipients to try now, the one that is due longest first. */
  due(query: DueQuery): Promise<readonly QueuedMessage[]>;
  /** When the next message is due after that time, UTC ms; held recipients do not count. */
  earliestDue(after: number): Promise<number | undefined>;
  /** Keeps an attempt's results, the notice they cause and the message as it is sent on, in one commit.
   * Where the message was removed meanwhile nothing is kept, the notice neither. The message goes when no recipient waits
   * or is held any more; the store looks for itself and never takes `finished` alone for it.
   * False where nothing was kept: the message is not there, or another host's. */
  settle(settlement: Settlement): Promise<boolean>;
  /** The greatest id in the store; 0 for none. */
  lastId(): Promise<MessageId>;
  /** How many messages the selection means, in one of the states. */
  count(selection: QueueSelection, states: readonly RecipientState[]): Promise<number>;
  /** Messages in the order of their ids, which is that of their coming. */
  list(filter: QueueFilter, page: QueuePage): Promise<readonly QueueEntry[]>;
  show(id: MessageId): Promise<QueueDetail | undefined>;
  /** How much this host has in its queue. Looks at all of it. */
  size(): Promise<QueueSize>;
  /** No attempts for the selected recipients until they are released. All four tell how many
   * messages they touched. */
  hold(selection: QueueSelection): Promise<number>;
  release(selection: QueueSelection): Promise<number>;
  /** Makes the selected recipients that wait due at `now`, UTC ms. */
  retry(selection: QueueSelection, now: number): Promise<number>;
  /** Drops the selected recipients that wait or are held, and messages that have no other. */
  remove(selection: QueueSelection): Promise<number>;
}

export interface QueueSize {
  readonly messages: number;
  /** Recipients that wait for an attempt, those too that one is made for now. */
  readonly waiting: number;
  /** Recipients that the operator holds. */
  readonly held: number;
}

export interface DueQuery {
  /** UTC milliseconds. */
  readonly now: number;
  /** Messages at most, each with all of its recipients that are due. */
  readonly limit: number;
  /** What is planned for later than this (UTC ms) was planned by a clock that has since been set
   * back: it is due as well. */
  readonly latest: number;
}

export interface QueueFilter {
  /** Only recipients in this domain. */
  readonly recipientDomain?: Domain;
  /** Only messages from this sender; null for `<>`. */
  readonly sender?: ReversePath;
  /** Only messages of this account's logins, named as `accountKey` has it. */
  readonly login?: string;
  /** Only messages received before that time, UTC ms. */
  readonly receivedBefore?: number;
  /** Only recipients in that state. */
  readonly state?: "waiting" | "held";
  /** Only recipients that wait in these lines, or in none. */
  readonly lines?: readonly number[] | "none";
}

export interface QueueSelection extends QueueFilter {
  readonly ids: readonly MessageId[] | "all";
}

export interface QueuePage {
  /** The last id of the page before; 0 for the first page. */
  readonly after: MessageId;
  readonly limit: number;
  /** By default those that came first. */
  readonly first?: "oldest" | "newest";
}

export type RecipientState = "waiting" | "held" | "delivered" | "failed";

export interface QueueEntry {
  readonly id: MessageId;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  /** Octets. */
  readonly size: number;
  readonly sender: ReversePath;
  /** The host that delivers it, where several share the store. */
  readonly host?: string;
  /** UTC milliseconds before which nothing was to be tried. */
  readonly releaseAt?: number;
  /** Those that wait or are held, whatever the filter says of their domain. */
  readonly recipients: readonly QueueRecipient[];
}

export interface QueueRecipient extends NewRecipient {
  readonly index: number;
  readonly state: RecipientState;
  readonly attempts: number;
  /** UTC milliseconds; of no meaning once delivered or failed. */
  readonly nextAttempt: number;
  readonly lastAttempt?: number;
  /** The reply to the last attempt. */
  readonly said?: string;
  /** How long it has waited by plan, in ms; in line, until it took its place there. */
  readonly waited: number;
  /** The destination in whose line it waits; absent where it waits by its own schedule. */
  readonly destination?: QueueDestination;
}

/** A destination as its recipients see it. */
export interface QueueDestination {
  readonly number: number;
  readonly name: string;
  /** UTC milliseconds; absent with the next two while mail goes through. */
  readonly downSince?: number;
  readonly lastTry?: number;
  readonly nextTry?: number;
  /** What was said at the last try that failed, and by whom. */
  readonly said?: string;
  readonly peer?: string;
  /** How long the recipient has stood there by the line's clock at the last try, in ms. */
  readonly stood: number;
}

export interface QueueDetail extends QueueEntry, MessageRequest, MessageTiming {
  readonly eightBit: boolean;
  readonly smtputf8: boolean;
  readonly tlsWish?: TlsWish;
  readonly isJunk?: true;
  readonly origin: Origin;
  /** In the order in which they were made. */
  readonly attempts: readonly QueueAttempt[];
}

export interface QueueAttempt {
  /** The recipient's. */
  readonly index: number;
  readonly at: number;
  readonly peer: string;
  readonly state: Exclude<RecipientResult["state"], "lined">;
  readonly said: string;
  /** Absent where it did not come to a connection, and for mailboxes. */
  readonly protection?: Protection;
}
