// The acts of an operator, as the command line calls them: through the control socket of a running
// server, or on the store itself where none runs. Arguments and results are plain JSON.

import type { Domain } from "../../core/mail/domain.ts";
import type { Address } from "../../core/mail/address.ts";
import type { MessageId } from "../../core/queue/message.ts";
import type {
  QueueDetail,
  QueueEntry,
  QueueFilter,
  QueuePage,
  QueueSelection,
} from "../../io/store/message-store.ts";

export interface Operations {
  queueList(filter: QueueFilter, page: QueuePage): Promise<readonly QueueEntry[]>;
  queueShow(id: MessageId): Promise<QueueDetail | null>;
  /** All four tell how many messages they touched. */
  queueRetry(selection: QueueSelection): Promise<number>;
  queueHold(selection: QueueSelection): Promise<number>;
  queueRelease(selection: QueueSelection): Promise<number>;
  queueDelete(selection: QueueSelection): Promise<number>;
  /** `password` is a PHC string, or null for an account that only receives. */
  accountAdd(address: Address, password: string | null): Promise<void>;
  accountList(domain: Domain | null): Promise<readonly AccountSummary[]>;
  accountSetPassword(address: Address, password: string | null): Promise<void>;
  accountRemove(address: Address): Promise<void>;
  domainAdd(name: Domain): Promise<void>;
  domainList(): Promise<readonly DomainSummary[]>;
  domainRemove(name: Domain): Promise<void>;
}

interface AccountSummary {
  readonly address: Address;
  readonly canLogIn: boolean;
  /** UTC milliseconds. */
  readonly createdAt: number;
}

interface DomainSummary {
  readonly name: Domain;
  /** Where it was said that the domain is ours. */
  readonly source: string;
  /** `mailboxes`, or the host that it is handed on to. */
  readonly deliver: string;
}

/** The answer to the operator is no, and the text says why and what to do. */
export class OperationError extends Error {
  override readonly name = "OperationError";
}
