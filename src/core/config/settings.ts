// The configuration after reading and checking: what the rest of the program sees. Durations are
// milliseconds, sizes are octets, paths are absolute. The names follow the file's.

import type { CodeRange } from "../blocklist/codes.ts";
import type { GuessingRates } from "../guessing/guessing.ts";
import type { BreakerBounds } from "../limits/breaker.ts";
import type { Rate } from "../limits/bucket.ts";
import type { Rates } from "../limits/rate-limits.ts";
import type { Address } from "../mail/address.ts";
import type { Domain } from "../mail/domain.ts";
import type { Prefix } from "../mail/ip.ts";
import type { ReadRules } from "../rules/builder.ts";
import type { LoginSettings, SecretPlace } from "./login-settings.ts";
import type { RelayTableSettings, RoamingLogSettings } from "./roaming-source-settings.ts";
import type { MilterPlace } from "./values/milter-place.ts";
import type { DestinationBounds, RouteSettings, SmartHost } from "./transport-settings.ts";
import type { StoreDatabaseUrl } from "./values/store-url.ts";

export interface Settings {
  readonly hostname: Domain;
  /** Absolute path of the data directory. */
  readonly data: string;
  /** User to become after binding, when started as root. */
  readonly user?: string;
  /** Where postmaster's mail goes (RFC 5321 §4.5.1), `local@domain`; absent: only real accounts. */
  readonly postmaster?: string;
  readonly listeners: readonly ListenerSettings[];
  readonly tls: TlsSettings;
  readonly submission: SubmissionSettings;
  readonly authentication: AuthenticationSettings;
  readonly relay: RelaySettings;
  readonly domains: readonly DomainSettings[];
  /** In the order in which they are asked, behind our own accounts. */
  readonly logins: readonly LoginSettings[];
  readonly blocklists: BlocklistsSettings;
  readonly routes: readonly RouteSettings[];
  readonly filters: readonly FilterSettings[];
  readonly mxTransport: MxTransportSettings;
  /** Absent: nothing is reported. */
  readonly tlsReports?: TlsReportSettings;
  readonly dns: DnsSettings;
  readonly limits: LimitSettings;
  readonly queue: QueueSettings;
  readonly notices: NoticeSettings;
  readonly decisions: DecisionSettings;
  readonly admin: AdminSettings;
  readonly log: LogSettings;
  readonly store: StoreSettings;
}

/** Where in the configuration a thing was said, so that a decision can name it. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** `host` is an IP address or, where allowed, a name; IPv6 without brackets. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

interface MxTransportSettings {
  readonly dane: "auto" | "off";
  readonly mtaSts: "auto" | "off";
}

export interface TlsReportSettings {
  readonly from: Address;
  readonly organization: string;
}

export interface DnsSettings {
  /** Empty: the system's. */
  readonly servers: readonly Endpoint[];
  /** Whether they are believed that they have validated an answer; `auto`: where they are on this host. */
  readonly dnssec: "auto" | "trusted" | "off";
}

export type ListenerRole = "mx" | "submission" | "pop3" | "admin";

/** From the first octet, before any mail, for those who want it, or not at all. */
export type ListenerTls = "implicit" | "required" | "offered" | "off";

export interface ListenerSettings {
  readonly name: string;
  readonly role: ListenerRole;
  readonly tls: ListenerTls;
  /** Clients on loopback may log in without TLS. */
  readonly clearLoginOnLoopback: boolean;
  readonly listen: readonly Endpoint[];
  /** Who says, with the PROXY protocol, from which client a connection comes; absent where clients
   * connect to us themselves. */
  readonly proxies?: readonly Prefix[];
  /** Where `proxies` is said. */
  readonly place?: Place;
}

export interface TlsSettings {
  /** Empty: a self-signed one is made. */
  readonly certificates: readonly CertificateSettings[];
  /** Absolute path. */
  readonly clientAuthorities?: string;
}

interface CertificateSettings {
  /** Absolute path. */
  readonly certificate: string;
  /** Absolute path. */
  readonly key: string;
  readonly place: Place;
}

/** For the mail of clients that have logged in. */
/** What is found out about strangers' mail, and what follows from it. */
export interface AuthenticationSettings {
  readonly verify: boolean;
  readonly dmarc: "mark" | "quarantine" | "reject";
  readonly trustedSealers: readonly Domain[];
}

export interface SubmissionSettings {
  /** The addresses in From and Sender must be the login's own. */
  readonly checkFrom: boolean;
  /** The Received field says nothing of the client. */
  readonly hideClient: boolean;
  /** The highest priority that accounts (as `accountKey` has them) and domains may give their mail. */
  readonly priorities: Readonly<Record<string, number>>;
  /** How long a message may wait for its release. */
  readonly holdAtMost: number;
}

interface RelaySettings {
  readonly networks: readonly RelayNetwork[];
  /** Wide networks and gateways that the operator knows of. */
  readonly acknowledged: readonly RelayNetwork[];
  readonly rules?: AddressRuleSettings;
  /** Absent: reading mail opens no relaying. */
  readonly roaming?: RoamingSettings;
}

/** What a login to read mail opens for the client's address (POP before SMTP). */
export interface RoamingSettings {
  /** Counted from the end of the session. */
  readonly lifetime: number;
  /** Whom the client may send as: the account that logged in, or anyone. */
  readonly senders: "own" | "any";
  /** More accounts than so many make an address one that nobody relays from. */
  readonly sharedAfter: number;
  /** Whether an IPv6 login is good for its address or for its /64. */
  readonly ipv6: "address" | "network";
  /** Accounts (as `accountKey` has them) and domains that get nothing of it. */
  readonly exclude: readonly string[];
  /** Absent: no other server may tell of logins. */
  readonly events?: RoamingEventSettings;
  readonly relayTable?: RelayTableSettings;
  /** Absent: none. */
  readonly logs?: readonly RoamingLogSettings[];
}

/** How other servers tell of the logins that they have seen. */
export interface RoamingEventSettings {
  /** Absolute path. */
  readonly secretFile: string;
  /** Of accounts whose names have none. */
  readonly defaultDomain?: Domain;
  readonly place: Place;
}

export type AddressRuleSettings =
  /** A rules file, text or (`.cdb`) compiled; an absolute path. */
  | { readonly kind: "file"; readonly path: string; readonly place: Place }
  | ({ readonly kind: "list" } & ReadRules);

interface RelayNetwork {
  readonly prefix: Prefix;
  readonly place: Place;
}

export interface DomainSettings {
  readonly name: Domain;
  readonly deliver: Deliver;
  readonly place: Place;
}

/** Our mailboxes; another host that the domain's mail is handed on to; or nobody, for a domain whose
 * accounts only send. */
export type Deliver = { readonly to: "mailboxes" } | RelayDelivery | { readonly to: "none" };

export interface RelayDelivery extends SmartHost {
  readonly to: "relay";
  readonly recipients: RelayedRecipients;
}

/** How it is known which recipients the next host has. */
export type RelayedRecipients =
  | { readonly kind: "all" }
  /** The next host is asked; `unsure` says what becomes of mail while it cannot be asked. */
  | { readonly kind: "ask"; readonly unsure: "accept" | "defer" }
  /** Absolute path of a list. */
  | { readonly kind: "file"; readonly path: string };

export interface BlocklistsSettings {
  readonly lists: readonly BlocklistSettings[];
  /** The sum of scores from which on a client is refused. */
  readonly threshold: number;
  /** Time for the answers of all lists together. */
  readonly timeout: number;
}

export interface BlocklistSettings {
  readonly zone: Domain;
  /** Negative for an allow list; never 0. */
  readonly score: number;
  /** The answers that count. */
  readonly codes: readonly CodeRange[];
  /** What holds where there is no answer: the list counts nothing, or the verdict is unknown. */
  readonly fail: "open" | "closed";
  readonly ipv6: boolean;
}

/** A program that looks at messages before they are taken. */
export interface FilterSettings {
  /** For the log. */
  readonly name: string;
  readonly place: MilterPlace;
  /** Whose mail it sees; `users` may send to anybody here. */
  readonly for: "all" | "strangers" | "users";
  readonly fail: "tempfail" | "open";
  /** Milliseconds from the end of a message to its verdict. */
  readonly timeout: number;
}

export interface LimitSettings {
  readonly connections: number;
  readonly connectionsPerClient: number;
  /** New connections from one client; undefined: no limit. */
  readonly connectionRate: Rate | undefined;
  /** Messages and recipients over time. */
  readonly rates: Rates;
  readonly guessing: GuessingSettings;
  readonly breaker: BreakerBounds;
  /** Octets of one message, as the SIZE extension states it. */
  readonly messageSize: number;
  /** Recipients of one message. */
  readonly recipients: number;
  /** Refused recipients in one connection before it is closed. */
  readonly refusedRecipients: number;
  /** Octets of message bodies held in memory at any moment. */
  readonly memory: number;
  /** Faulty commands before the connection is closed. */
  readonly errors: number;
  /** Commands in one connection that bring no message forward (NOOP, RSET, VRFY…). */
  readonly idleCommands: number;
  /** Time for the next command to arrive whole (RFC 5321 §4.5.3.2 asks for 5 minutes). */
  readonly commandTime: number;
  /** Time for a whole message to arrive. */
  readonly messageTime: number;
}

export interface GuessingSettings {
  readonly rates: GuessingRates;
  /** Lengths of the first ban, the second and so on; at least one. */
  readonly ban: readonly number[];
  readonly allow: readonly Prefix[];
}

export interface QueueSettings {
  /** Waits between attempts; the last one repeats. At least one. */
  readonly retry: readonly number[];
  /** How long a message waits before its sender is told that it is late. */
  readonly warnAfter: number;
  /** How long a message may wait before it is bounced. */
  readonly giveUpAfter: number;
  /** Of each destination, where its route says nothing else. */
  readonly bounds: DestinationBounds;
}

/** Who may ask to be told what becomes of a message (RFC 3461). */
export interface NoticeSettings {
  /** Clients that may not relay, too. */
  readonly forStrangers: boolean;
}

/** A file below `data`, or a database that other hosts may share. */
export type StoreSettings = { readonly kind: "sqlite" } | StoreDatabaseSettings;

export interface StoreDatabaseSettings extends Omit<StoreDatabaseUrl, "password" | "tls"> {
  /** Absent where the server asks for none. */
  readonly password?: SecretPlace | { readonly value: string };
  /** Absent: in clear. */
  readonly tls?: {
    /** Absolute path of the authorities that count; absent: those that all know. */
    readonly ca?: string;
  };
}

/** Which decisions are kept for the operator, and for how long. */
export interface DecisionSettings {
  readonly keep: "refused" | "all";
  readonly for: number;
  readonly atMost: number;
}

/** The page and the HTTP API. */
export interface AdminSettings {
  /** Names under which they may be reached, beside the host's own. */
  readonly hosts: readonly Domain[];
  /** Who may read the metrics: whoever shows a token for them, or anybody. */
  readonly metrics: "token" | "open";
  /** Milliseconds that the audit log remembers. */
  readonly auditFor: number;
}

export interface LogSettings {
  readonly format: "auto" | "json" | "text" | "syslog";
  /** The least that is said. */
  readonly level: "info" | "warn" | "error";
}
