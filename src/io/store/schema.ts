// The tables, as Kysely sees them. Times are UTC milliseconds, truth values are 0 and 1.

import type { BanReason } from "../../core/guessing/ban.ts";
import type { GrantSource } from "../../core/grants/mailbox-login.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { DecisionId } from "../../core/policy/decision-id.ts";
import type {
  MessageId,
  RecipientKind,
  RecipientResult,
  TlsWish,
} from "../../core/queue/message.ts";
import type { AddressKind } from "./address-store.ts";
import type { GrantUse } from "./grant-store.ts";
import type { AppPasswordScope } from "./app-password-store.ts";
import type { AuditEntry } from "./audit-store.ts";
import type { ChangeTopic } from "./changes.ts";
import type { RecipientState } from "./message-store.ts";
import type { SecretName } from "./secret-store.ts";

/** What an attempt came to. */
export type AttemptState = Exclude<RecipientResult["state"], "lined">;

export interface Tables {
  readonly message: MessageTable;
  readonly recipient: RecipientTable;
  readonly destination: DestinationTable;
  readonly body: BodyTable;
  readonly arrival: ArrivalTable;
  readonly attempt: AttemptTable;
  readonly account: AccountTable;
  readonly address: AddressTable;
  readonly forward: ForwardTable;
  readonly forward_target: ForwardTargetTable;
  readonly secret: SecretTable;
  readonly app_password: AppPasswordTable;
  readonly domain: DomainTable;
  readonly dkim_key: DkimKeyTable;
  readonly decision: DecisionTable;
  readonly ban: BanTable;
  readonly known_address: KnownAddressTable;
  readonly stopped_account: StoppedAccountTable;
  readonly roaming_grant: RoamingGrantTable;
  readonly roaming_mark: RoamingMarkTable;
  readonly roaming_use: GrantUse;
  readonly known_recipient: KnownRecipientTable;
  readonly node: NodeTable;
  readonly change_count: ChangeCountTable;
  readonly sts_policy: StsPolicyTable;
  readonly tls_session: TlsSessionTable;
  readonly tls_report: TlsReportTable;
  readonly operator: OperatorTable;
  readonly page_session: PageSessionTable;
  readonly api_token: ApiTokenTable;
  readonly audit: AuditTable;
  readonly history: HistoryTable;
  readonly migration: MigrationTable;
}

interface MessageTable {
  readonly id: MessageId;
  readonly received_at: number;
  /** Octets. */
  readonly size: number;
  readonly eight_bit: number;
  readonly smtputf8: number;
  /** Null with its domain for `<>`. */
  readonly sender_local: string | null;
  readonly sender_domain: string | null;
  readonly client: string | null;
  readonly hello: string | null;
  readonly listener: string | null;
  /** The account that answers for it, as `accountKey` has it. */
  readonly login: string | null;
  readonly tls_wish: TlsWish | null;
  readonly is_junk: number;
  /** RET. */
  readonly returns: "full" | "headers" | null;
  /** ENVID, as xtext. */
  readonly envelope_id: string | null;
  /** -9 to 9. */
  readonly priority: number;
  readonly deliver_by: number | null;
  /** R or N, with a T where it is traced. */
  readonly deliver_by_mode: string | null;
  /** Null: it came to be tried at once. */
  readonly release_at: number | null;
  /** The least `next_attempt` of its waiting recipients, null where none waits: so the index that
   * finds what is due has one entry a message, however many recipients it has. */
  readonly next_attempt: number | null;
  /** The number of the host that delivers it; 0 in a store of one host. */
  readonly node: number;
}

interface RecipientTable {
  readonly message: MessageId;
  readonly position: number;
  readonly local: string;
  readonly domain: string;
  readonly kind: RecipientKind;
  /** The value of NOTIFY. */
  readonly notify: string | null;
  /** That of ORCPT, in ASCII. */
  readonly original_recipient: string | null;
  readonly state: RecipientState;
  readonly attempts: number;
  /** Milliseconds. */
  readonly waited: number;
  readonly next_attempt: number;
  readonly last_attempt: number | null;
  readonly said: string | null;
  /** The number of the destination in whose line it waits; null: by `next_attempt`. */
  readonly line: number | null;
  /** Its place there. */
  readonly place: number | null;
  /** By the line's clock, ms: since when, and until when before the sender is told. */
  readonly line_from: number | null;
  readonly line_until: number | null;
}

/** Destinations with a line. */
interface DestinationTable {
  readonly number: number;
  /** The host whose messages they are. */
  readonly node: number;
  readonly key: string;
  readonly name: string;
  /** By which configuration mail goes that way. */
  readonly ways: string;
  /** Milliseconds (core/queue/back-off.ts). */
  readonly clock: number;
  /** UTC milliseconds; null with the next three while mail goes through. */
  readonly down_since: number | null;
  readonly last_try: number | null;
  readonly next_try: number | null;
  readonly tries: number | null;
  /** What was said at the last try, and by whom. */
  readonly said: string | null;
  readonly peer: string | null;
}

/** A message's octets, in order. */
interface BodyTable {
  readonly message: MessageId;
  readonly sequence: number;
  readonly chunk: Uint8Array;
}

/** Messages whose first chunks are kept while the rest still arrives. */
interface ArrivalTable {
  readonly message: MessageId;
}

/** What attempts came to, for messages that still wait. */
interface AttemptTable {
  readonly message: MessageId;
  readonly position: number;
  /** Of this recipient, from 1. */
  readonly number: number;
  readonly at: number;
  readonly peer: string;
  readonly state: AttemptState;
  readonly said: string;
  /** JSON. */
  readonly protection: string | null;
}

interface AccountTable {
  /** What `mailboxKey` makes of the address. */
  readonly key: string;
  readonly local: string;
  readonly domain: string;
  /** PHC string; null for an account that nobody can log in to. */
  readonly password: string | null;
  readonly created_at: number;
  /** SCRAM keys as text (core/sasl/scram/keys.ts); null where there is no password. */
  readonly scram_sha_256: string | null;
  readonly scram_sha_1: string | null;
  /** Nobody can log in; mail still arrives. */
  readonly disabled: number;
}

/** Addresses beside the accounts' own. */
interface AddressTable {
  /** What `mailboxKey` makes of the address; `@domain` stands for all that nobody has. */
  readonly key: string;
  /** The account's key. */
  readonly account: string;
  readonly kind: AddressKind;
}

/** Addresses whose mail is sent on. */
interface ForwardTable {
  /** As in `AddressTable`. */
  readonly key: string;
  /** The key of an account. */
  readonly keep: string | null;
  /** Null with its domain for none. */
  readonly owner_local: string | null;
  readonly owner_domain: string | null;
  readonly members_only: number;
}

interface ForwardTargetTable {
  /** The key of the forward. */
  readonly forward: string;
  /** What `mailboxKey` makes of the address. */
  readonly key: string;
  readonly local: string;
  readonly domain: string;
}

interface SecretTable {
  readonly name: SecretName;
  readonly value: string;
}

interface AppPasswordTable {
  readonly id: string;
  /** The account's key. */
  readonly account: string;
  readonly name: string;
  /** SHA-256 of the password, in hex: it is random, so nothing slower is needed. */
  readonly digest: string;
  readonly scope: AppPasswordScope;
  readonly created_at: number;
  readonly last_used: number | null;
  /** The client's address at that time. */
  readonly last_client: string | null;
}

interface DomainTable {
  readonly name: string;
  readonly created_at: number;
  /** Its accounts send; no mail for it is taken. */
  readonly send_only: number;
}

/** Keys that sign the mail of a domain, in pairs. */
interface DkimKeyTable {
  readonly domain: string;
  readonly name: string;
  /** PKCS #8, PEM. */
  readonly rsa: string;
  readonly ed25519: string;
  readonly created_at: number;
  readonly active_at: number | null;
  readonly retired_at: number | null;
}

/** Decisions of the relay policy, kept for the operator. */
interface DecisionTable {
  readonly id: DecisionId;
  readonly at: number;
  readonly client: string;
  /** JSON. */
  readonly facts: string;
}

/** Clients and networks that may not log in. */
interface BanTable {
  readonly prefix: string;
  readonly reason: BanReason;
  readonly note: string;
  readonly since: number;
  /** Null: until it is lifted. */
  readonly until: number | null;
  readonly times: number;
  /** JSON. */
  readonly evidence: string;
}

/** From where users have logged in well. */
interface KnownAddressTable {
  readonly user: string;
  readonly client: string;
  readonly last_good: number;
}

/** Accounts that may not send. */
interface StoppedAccountTable {
  readonly account: string;
  readonly since: number;
  readonly why: string;
}

/** What logins to read mail have opened (core/grants/grant.ts). */
interface RoamingGrantTable {
  readonly id: string;
  /** The host that keeps it. */
  readonly node: string;
  readonly client: string;
  readonly account: string | null;
  readonly source: GrantSource;
  readonly software: string | null;
  readonly opened_at: number;
  readonly heard_at: number;
  readonly ended_at: number | null;
  /** Milliseconds. */
  readonly lifetime: number | null;
  readonly revoked_at: number | null;
  /** JSON. */
  readonly sessions: string;
  /** Greater than that of every change that another host could see before. */
  readonly version: number;
}

/** `version`, the last one that was given, and what each host said last. */
interface RoamingMarkTable {
  readonly name: string;
  readonly value: number;
}

/** What the hosts that domains are handed on to have said of recipients. */
interface KnownRecipientTable {
  /** What `mailboxKey` makes of the address. */
  readonly key: string;
  readonly domain: string;
  readonly present: number;
  readonly said: string;
  readonly asked_at: number;
}

/** The hosts of a shared store. */
interface NodeTable {
  /** 0 to 15; the ids that the host gives out end in it. */
  readonly number: number;
  /** The host's name. */
  readonly name: string;
  /** Grows when the host starts, and when its messages are taken over: what it began in an earlier
   * term is not its own any more. */
  readonly term: number;
  /** UTC milliseconds by the server's clock. */
  readonly heartbeat: number;
}

/** How often something was changed that hosts remember. */
interface ChangeCountTable {
  readonly topic: ChangeTopic;
  readonly count: number;
}

/** Policies that other domains publish of their MX hosts (MTA-STS). */
interface StsPolicyTable {
  readonly domain: Domain;
  readonly id: string;
  /** JSON. */
  readonly policy: string;
  readonly fetched_at: number;
  readonly expires_at: number;
  /** The last mail to the domain, by the day or so. */
  readonly used_at: number;
}

/** Sessions with other domains' hosts by the day, those that went alike counted together. */
interface TlsSessionTable {
  /** In UTC: `2026-11-26`. */
  readonly day: string;
  readonly domain: Domain;
  /** Of `session`, which is too long for a key. */
  readonly digest: string;
  /** JSON. */
  readonly session: string;
  readonly count: number;
}

/** Reports that a host has begun to send. */
interface TlsReportTable {
  readonly day: string;
  readonly domain: Domain;
  /** UTC milliseconds. */
  readonly begun_at: number;
  /** Null: it is under way, or whoever began it has ended before it was. */
  readonly done_at: number | null;
}

/** Who may log in to the page. */
interface OperatorTable {
  readonly name: string;
  /** PHC string. */
  readonly password: string;
  readonly created_at: number;
}

/** Logins to the page. */
interface PageSessionTable {
  /** SHA-256 of the cookie's secret, in hex. */
  readonly digest: string;
  readonly operator: string;
  readonly created_at: number;
  /** To the minute or so. */
  readonly last_seen: number;
  /** The address that it was opened from. */
  readonly client: string;
}

/** What programs show to use the HTTP API. */
interface ApiTokenTable {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the token, in hex. */
  readonly digest: string;
  /** With blanks between them. */
  readonly scopes: string;
  readonly created_at: number;
  /** To the minute or so. */
  readonly last_used: number | null;
  /** Null: never. */
  readonly expires_at: number | null;
}

/** What was done by whom. */
interface AuditTable {
  /** Ascends with time. */
  readonly id: string;
  readonly at: number;
  readonly via: AuditEntry["via"];
  readonly who: string;
  readonly client: string | null;
  /** The operation's name. */
  readonly act: string;
  /** JSON, without secrets. */
  readonly arguments: string;
  /** Why it was not done; null where it was. */
  readonly error: string | null;
  /** The host that did it. */
  readonly node: string;
}

/** What each minute of a host was like. */
interface HistoryTable {
  readonly node: number;
  /** Since the beginning of 1970, in UTC. */
  readonly minute: number;
  /** JSON. */
  readonly data: string;
}

/** Migrations that were carried out. */
interface MigrationTable {
  readonly number: number;
  readonly name: string;
}
