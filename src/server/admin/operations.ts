// The acts of an operator, as the command line calls them: through the control socket of a running
// server, or on the store itself where none runs. Arguments and results are plain JSON.

import type { KeyPairView, KeyState, KeyTimes } from "../../core/dkim/key.ts";
import type { Ban } from "../../core/guessing/ban.ts";
import type { Forward, ForwardInPart } from "../../core/forwards/forward.ts";
import type { Grant } from "../../core/grants/grant.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { Address, ReversePath } from "../../core/mail/address.ts";
import type { AddressPattern } from "../../core/mail/address-pattern.ts";
import type { IpAddress, Prefix } from "../../core/mail/ip.ts";
import type { Decision } from "../../core/policy/decision.ts";
import type { DecisionId } from "../../core/policy/decision-id.ts";
import type { Explanation } from "../../core/policy/explain/explanation.ts";
import type { Revisit } from "../../core/policy/explain/revisit.ts";
import type { RelayRole } from "../../core/policy/request.ts";
import type { MessageId } from "../../core/queue/message.ts";
import type { AccountPage, Credentials } from "../../io/store/account-store.ts";
import type { AccountAddress, AddressKind } from "../../io/store/address-store.ts";
import type { ApiToken } from "../../io/store/api-token-store.ts";
import type { AppPassword, AppPasswordScope } from "../../io/store/app-password-store.ts";
import type { AuditEntry, AuditFilter } from "../../io/store/audit-store.ts";
import type { ForwardPage } from "../../io/store/forward-store.ts";
import type { GrantUse } from "../../io/store/grant-store.ts";
import type {
  QueueDetail,
  QueueEntry,
  QueueFilter,
  QueuePage,
} from "../../io/store/message-store.ts";
import type { Operator } from "../../io/store/operator-store.ts";
import type { GrantSelection } from "../grants/roaming-grants.ts";
import type { WhyRecipient } from "./why-waiting.ts";

export type Operations = QueueOperations &
  StoreOperations &
  DkimOperations &
  BanOperations &
  DecisionOperations &
  GrantOperations &
  AccessOperations;

export interface QueueOperations {
  queueList(filter: QueueWish, page: QueuePage): Promise<readonly QueueEntry[]>;
  /** How many messages an act would touch. */
  queueCount(act: QueueAct, wish: QueueSelectionWish): Promise<number>;
  queueShow(id: MessageId): Promise<QueueDetail | null>;
  /** The header section, at most 64 kB of it. */
  queueHeaders(id: MessageId): Promise<QueueHeaders | null>;
  /** What each recipient waits for. */
  queueWhy(id: MessageId): Promise<QueueWhy | null>;
  /** All four tell how many messages they touched. */
  queueRetry(wish: QueueSelectionWish): Promise<number>;
  queueHold(wish: QueueSelectionWish): Promise<number>;
  queueRelease(wish: QueueSelectionWish): Promise<number>;
  queueDelete(wish: QueueSelectionWish): Promise<number>;
  /** Destinations that something waits for or is on its way to, those first that are down. */
  queueDestinations(): Promise<readonly DestinationView[]>;
  /** Lets a destination that is down be tried at once, or all of them (null); tells which ones. */
  queueFlush(name: string | null): Promise<readonly string[]>;
}

export type QueueAct = "list" | "retry" | "hold" | "release" | "delete";

/** What an operator can say of messages. */
export interface QueueWish extends Omit<QueueFilter, "lines"> {
  /** Only what waits for this destination, as `queueDestinations` names it. */
  readonly destination?: string;
}

export interface QueueSelectionWish extends QueueWish {
  readonly ids: readonly MessageId[] | "all";
}

export interface DestinationView {
  /** A domain, or a host with its port. */
  readonly name: string;
  /** The host whose messages they are, where several share the store. */
  readonly host?: string;
  /** Recipients in line. */
  readonly waiting: number;
  /** Messages on their way there now, of this host. */
  readonly active: number;
  /** UTC milliseconds; absent with the next two while mail goes through. */
  readonly downSince?: number;
  readonly lastTry?: number;
  readonly nextTry?: number;
  /** What was said at the last try that failed, and by whom. */
  readonly said?: string;
  readonly peer?: string;
}

export interface QueueHeaders {
  /** Lines as the message has them, with LF between; what is no UTF-8 is replaced. */
  readonly text: string;
  /** There is more of it than is given. */
  readonly isCut: boolean;
}

export interface QueueWhy {
  readonly message: QueueEntry;
  readonly recipients: readonly WhyRecipient[];
}

export interface StoreOperations {
  /** Without credentials the account only receives. */
  accountAdd(address: Address, credentials: Credentials | null): Promise<void>;
  /** What speaks against adding them all. */
  accountImportCheck(accounts: readonly AccountNames[]): Promise<readonly ImportProblem[]>;
  /** Adds them all, or none and says what speaks against it. */
  accountImport(accounts: readonly AccountImport[]): Promise<readonly ImportProblem[]>;
  accountList(domain: Domain | null): Promise<readonly AccountSummary[]>;
  /** Some of them, ordered by address: there may be more than anybody wants to see at once. */
  accountSearch(wish: AccountWish, page: AccountPage): Promise<AccountsFound>;
  /** Null where there is no such account. */
  accountShow(address: Address): Promise<AccountSummary | null>;
  accountSetCredentials(address: Address, credentials: Credentials | null): Promise<void>;
  accountSetDisabled(address: Address, disabled: boolean): Promise<void>;
  accountRemove(address: Address): Promise<void>;
  /** Lets an account send again that was stopped, and its held mail go on; tells how many messages
   * that are. */
  accountRelease(address: Address): Promise<number>;
  addressAdd(address: AddressPattern, account: Address, kind: AddressKind): Promise<void>;
  addressList(account: Address | null): Promise<readonly AccountAddress[]>;
  addressRemove(address: AddressPattern, account: Address): Promise<void>;
  /** Makes a forward, adds targets to it, or changes how it sends on. */
  forwardAdd(request: ForwardRequest): Promise<ForwardAdded>;
  forwardList(address: AddressPattern | null): Promise<readonly Forward[]>;
  /** Some of them, in the order of their addresses, each with its first targets. */
  forwardSearch(wish: ForwardWish, page: ForwardPage): Promise<ForwardsFound>;
  /** Without targets the whole forward goes. */
  forwardRemove(address: AddressPattern, targets: readonly Address[]): Promise<void>;
  appPasswordAdd(account: Address, request: AppPasswordRequest): Promise<AppPassword>;
  appPasswordList(account: Address | null): Promise<readonly AppPassword[]>;
  appPasswordRemove(id: string): Promise<void>;
  domainAdd(name: Domain, sendOnly: boolean): Promise<void>;
  domainList(): Promise<readonly DomainSummary[]>;
  domainRemove(name: Domain): Promise<void>;
}

/** What is to be told apart from other accounts, before it has credentials. */
export interface AccountNames {
  readonly address: Address;
  readonly aliases: readonly AddressPattern[];
}

interface AccountImport extends AccountNames {
  /** Null for an account without a password. */
  readonly credentials: Credentials | null;
}

/** Why one of those that were handed in cannot be added. */
export interface ImportProblem {
  /** Its place among them, from 0. */
  readonly index: number;
  readonly problem: string;
}

/** What an operator can say of forwards; null for all. */
interface ForwardWish {
  /** Part of the address. */
  readonly text: string | null;
  /** Whom it concerns: it is its address, leads there, or keeps copies there. */
  readonly about: Address | null;
}

export interface ForwardsFound {
  readonly forwards: readonly ForwardInPart[];
  /** How many there are in all. */
  readonly total: number;
}

/** What is left out stays as it is. */
export interface ForwardRequest {
  readonly address: AddressPattern;
  readonly targets: readonly Address[];
  /** The account that gets copies; null for none. */
  readonly keep?: Address | null;
  readonly owner?: Address | null;
  readonly membersOnly?: boolean;
}

interface ForwardAdded {
  /** All that it has now. */
  readonly targets: number;
  /** There is an account of that name, whose mailbox gets nothing of the mail. */
  readonly hidesMailbox: boolean;
}

interface AppPasswordRequest {
  readonly name: string;
  readonly scope: AppPasswordScope;
  /** SHA-256 of the password, in hex. */
  readonly digest: string;
}

export interface DkimOperations {
  /** Of one domain, or of all. */
  dkimList(domain: Domain | null): Promise<readonly DkimKeyReport[]>;
  /** Makes keys, to be published; those in use go on signing. */
  dkimPrepare(domain: Domain): Promise<DkimKeyReport>;
  /** Lets prepared keys sign, in the place of those before; without `unchecked` only where the DNS has
   * them. */
  dkimActivate(domain: Domain, unchecked: boolean): Promise<DkimKeyReport>;
  /** The keys sign no more; prepared ones are dropped. */
  dkimRetire(domain: Domain, name: string): Promise<void>;
  /** Drops keys that nobody needs any more; with `early`, also while mail that they signed may be under
   * way. */
  dkimRemove(domain: Domain, name: string, early: boolean): Promise<void>;
}

export interface DkimKeyReport extends KeyTimes {
  readonly domain: Domain;
  readonly name: string;
  readonly state: KeyState;
  /** In base 64, as DNS has them; null where they are damaged. */
  readonly publicKeys: KeyPairView["publicKeys"] | null;
  /** UTC milliseconds until which retired keys stay published; null for those in use. */
  readonly publishedUntil: number | null;
}

export interface BanOperations {
  /** Those in force; with `over`, those too that are remembered. The latest last. */
  banList(over: boolean): Promise<readonly Ban[]>;
  /** All that concern an address or a network: its own, and those of networks around it. */
  banShow(prefix: Prefix): Promise<readonly Ban[]>;
  /** @param length milliseconds; null: until it is lifted. */
  banAdd(prefix: Prefix, length: number | null, note: string): Promise<Ban>;
  banLift(prefix: Prefix): Promise<void>;
}

export interface GrantOperations {
  /** Those in force; with `over`, those too that are remembered. The latest last. */
  grantList(filter: GrantFilter, over: boolean): Promise<readonly GrantView[]>;
  /** @param length milliseconds; null: the lifetime of the configuration. */
  grantAdd(client: IpAddress, account: Address, length: number | null): Promise<GrantView>;
  /** Ends grants for good; what is over already counts, too. */
  grantRevoke(selection: GrantSelection): Promise<readonly GrantView[]>;
  /** What was relayed for grants in the last days, today among them. */
  grantReport(days: number): Promise<readonly GrantUse[]>;
}

export interface GrantFilter {
  readonly client: IpAddress | null;
  readonly account: string | null;
}

export interface GrantView extends Grant {
  readonly state: "open" | "closed" | "over" | "revoked";
  /** UTC ms; null while a session goes on. */
  readonly expiresAt: number | null;
  /** Why it does not count, although it is neither over nor revoked; null where it does. */
  readonly bar: string | null;
}

export interface DecisionOperations {
  /** What a client that asked so would be told, and why, by the facts as they are now. */
  explain(question: ExplainQuestion): Promise<Explanation>;
  /** A decision of the past, by the facts that it was made from. */
  why(id: DecisionId): Promise<Why>;
  /** The last decisions for a client, the latest first. */
  whyClient(client: IpAddress): Promise<readonly DecisionSummary[]>;
}

export interface ExplainQuestion {
  readonly role: RelayRole;
  readonly client: IpAddress;
  readonly isEncrypted: boolean;
  /** The account that is taken to be logged in; null for none. */
  readonly login: Address | null;
  readonly sender: ReversePath;
  readonly recipient: Address;
}

/** When and where a decision was made. */
interface Occasion {
  readonly id: DecisionId;
  /** UTC milliseconds. */
  readonly at: number;
  readonly listener: string;
  /** The name that the client greeted with. */
  readonly hello: string;
}

export type Why = Occasion & Revisit;

export interface DecisionSummary extends Occasion {
  readonly sender: ReversePath;
  readonly recipient: Address;
  readonly decision: Decision;
}

/** What an operator can say of accounts; null for all. */
export interface AccountWish {
  readonly domain: Domain | null;
  /** Part of an address. */
  readonly text: string | null;
  readonly only: "stopped" | "disabled" | null;
}

export interface AccountsFound {
  readonly accounts: readonly AccountSummary[];
  /** How many there are in all. */
  readonly total: number;
}

/** Who may administer, and what they did. */
export interface AccessOperations {
  /** @param password PHC string. */
  operatorAdd(name: string, password: string): Promise<void>;
  operatorList(): Promise<readonly Operator[]>;
  /** Logs the operator out of the page, but for the session of that digest.
   * @param password PHC string. */
  operatorSetPassword(name: string, password: string, except: string | null): Promise<void>;
  operatorRemove(name: string): Promise<void>;
  tokenAdd(request: TokenRequest): Promise<ApiToken>;
  tokenList(): Promise<readonly ApiToken[]>;
  tokenRemove(id: string): Promise<void>;
  /** The latest first. */
  auditList(filter: AuditFilter, limit: number): Promise<readonly AuditEntry[]>;
}

interface TokenRequest {
  readonly name: string;
  readonly scopes: readonly string[];
  /** SHA-256 of the token, in hex. */
  readonly digest: string;
  /** Milliseconds until it expires; null: never. */
  readonly length: number | null;
}

export interface AccountSummary {
  readonly address: Address;
  readonly canLogIn: boolean;
  readonly disabled: boolean;
  /** Its sending was stopped, as of one whose password was stolen; null where it was not. */
  readonly stopped: { readonly since: number; readonly why: string } | null;
  /** UTC milliseconds. */
  readonly createdAt: number;
}

export interface DomainSummary {
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

/** What the act was about is not there. */
export class MissingError extends OperationError {}
