// The acts of an operator, as the command line calls them: through the control socket of a running
// server, or on the store itself where none runs. Arguments and results are plain JSON.

import type { Domain } from "../../core/mail/domain.ts";
import type { Address } from "../../core/mail/address.ts";
import type { MessageId } from "../../core/queue/message.ts";
import type { Credentials } from "../../io/store/account-store.ts";
import type { AccountAddress, AddressKind } from "../../io/store/address-store.ts";
import type { AppPassword, AppPasswordScope } from "../../io/store/app-password-store.ts";
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
  /** Without credentials the account only receives. */
  accountAdd(address: Address, credentials: Credentials | null): Promise<void>;
  accountList(domain: Domain | null): Promise<readonly AccountSummary[]>;
  accountSetCredentials(address: Address, credentials: Credentials | null): Promise<void>;
  accountSetDisabled(address: Address, disabled: boolean): Promise<void>;
  accountRemove(address: Address): Promise<void>;
  /** `null` for a local part: every address of the domain that nobody has. */
  addressAdd(address: AddressPattern, account: Address, kind: AddressKind): Promise<void>;
  addressList(account: Address | null): Promise<readonly AccountAddress[]>;
  addressRemove(address: AddressPattern, account: Address): Promise<void>;
  appPasswordAdd(account: Address, request: AppPasswordRequest): Promise<AppPassword>;
  appPasswordList(account: Address | null): Promise<readonly AppPassword[]>;
  appPasswordRemove(id: string): Promise<void>;
  domainAdd(name: Domain, sendOnly: boolean): Promise<void>;
  domainList(): Promise<readonly DomainSummary[]>;
  domainRemove(name: Domain): Promise<void>;
}

interface AddressPattern {
  readonly local: string | null;
  readonly domain: Domain;
}

interface AppPasswordRequest {
  readonly name: string;
  readonly scope: AppPasswordScope;
  /** SHA-256 of the password, in hex. */
  readonly digest: string;
}

interface AccountSummary {
  readonly address: Address;
  readonly canLogIn: boolean;
  readonly disabled: boolean;
  /** UTC milliseconds. */
  readonly createdAt: number;
}

interface DomainSummary {
  readonly name: Domain;
  /** Where it was said that the domain is ours. */
  readonly source: string;
  /** `mailboxes`, `nowhere` where it only sends, or the host that it is handed on to. */
  readonly deliver: string;
}

/** The answer to the operator is no, and the text says why and what to do. */
export class OperationError extends Error {
  override readonly name = "OperationError";
}
