// What holds for one session: it keeps the rules that it began with, whatever is reloaded meanwhile.

import type {
  ListenerSettings,
  NoticeSettings,
  SubmissionSettings,
} from "../../core/config/settings.ts";
import { accountKey } from "../../core/mail/account-key.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { mayRelay } from "../../core/policy/may-relay.ts";
import type { RelayRequest, RelayRole, RuleSet, TlsState } from "../../core/policy/request.ts";
import type { TimingSettings } from "../../core/smtp/server/timing.ts";
import type { SessionSettings } from "../../core/smtp/server/state.ts";
import type { Certificates } from "../../io/tls/certificates.ts";
import { isProxy, mayLogInInClear } from "../listener-clients.ts";
import type { Logins } from "../logins/logins.ts";
import { type AdmitMessage, createAdmitMessage } from "./admit-message.ts";
import { type Authorize, createAuthorize, type UsedGrant } from "./authorize.ts";
import type { ClientAccess } from "./client-access.ts";
import type { BlocklistInquiry, FactSources } from "./facts.ts";
import type { Inspection } from "./inspection.ts";
import { createReport, type ReportOptions } from "./report.ts";
import type { SendingLimits } from "./sending-limits.ts";
import type { SubmissionRules } from "./submission.ts";
import { offerTls, type TlsOffer } from "../tls-offer.ts";
import { withoutGrants } from "./without-grants.ts";

export interface SessionPolicy {
  /** What goes for all clients of its kind. */
  readonly terms: Terms;
  readonly session: SessionSettings;
  /** What the blocklists say of the client; undefined where none concerns it. */
  readonly inquiry: BlocklistInquiry | undefined;
  /** What the address rules say of it. */
  readonly access: ClientAccess;
}

interface Terms {
  readonly session: SessionSettings & Required<Pick<SessionSettings, "notices">>;
  readonly authorize: Authorize;
  readonly admitMessage: AdmitMessage;
  /** Whether the client may send to anybody here. */
  readonly mayRelay: (request: RelayRequest) => boolean;
  /** Undefined where the listener does not offer TLS. */
  readonly tls: TlsOffer | undefined;
  /** What the listener wants of a client in the clear. */
  readonly tlsState: Exclude<TlsState, "up">;
  readonly logins: Logins;
  /** For the mail of those who have logged in. */
  readonly submission: SubmissionRules;
  /** What looks at each message before it is kept, in its order. */
  readonly inspections: readonly Inspection[];
  /** Takes out of messages what claims to be our own word about them. */
  readonly removesForgedResults: boolean;
  /** A message was taken that a grant lets the client relay. */
  readonly onRelayedForGrant: (use: UsedGrant) => void;
}

/** Begins to ask the blocklists about a client that has just connected. */
export type Inquire = (role: RelayRole, client: IpAddress) => BlocklistInquiry | undefined;

export interface SessionPolicyOptions extends ReportOptions {
  readonly session: SessionSettings;
  readonly rules: RuleSet;
  readonly sources: FactSources;
  readonly limits: SendingLimits;
  /** Whether `relay.networks` lets the client relay. */
  readonly isTrusted: (client: IpAddress) => boolean;
  readonly inquire: Inquire;
  /** Begins to find out what the address rules say of a client that has just connected. */
  readonly beginAccess: (client: IpAddress) => ClientAccess;
  readonly certificates: Certificates;
  readonly asksForCertificate: boolean;
  readonly logins: Logins;
  /** Refused logins that end a session. */
  readonly maxRefusedLogins: number;
  readonly onRelayedForGrant: (use: UsedGrant) => void;
  readonly submission: SubmissionSettings;
  readonly inspections: readonly Inspection[];
  readonly removesForgedResults: boolean;
  readonly notices: NoticeSettings;
  /** UTC milliseconds. */
  readonly now: () => number;
}

type Judges = Pick<Terms, "authorize" | "admitMessage" | "mayRelay">;

export function createSessionPolicies(options: SessionPolicyOptions) {
  const { session, sources, isTrusted, inquire, beginAccess, logins } = options;
  const judges = createJudges(options);
  const strangersJudges = createJudges({
    ...options,
    rules: { networks: [] },
    sources: withoutGrants(sources),
  });
  const submission: SubmissionRules = {
    ...options.submission,
    ownsSender: (account, sender) => sources.ownsSender(account, sender),
  };
  const timing = createTiming(options);
  const termsFor = (listener: ListenerSettings, role: RelayRole, kind: ClientKind): Terms => {
    const { isNobody, isLocal, isAtHome } = kind;
    const asksForNotices = isAtHome || role === "submission" || options.notices.forStrangers;
    return {
      session: {
        ...session,
        ...(isAtHome && { maxRefusedRecipients: Infinity }),
        startTls: listener.tls === "offered" || listener.tls === "required",
        auth: {
          sasl: logins.sasl,
          sources: logins.sources,
          allowedInClear: isLocal,
          maxRefusedLogins: options.maxRefusedLogins,
        },
        timing: timing(role),
        notices: asksForNotices ? "all" : "logins",
      },
      ...(isNobody ? strangersJudges : judges),
      tls: offerTls(listener, "smtp", options),
      tlsState: listener.tls === "required" && !isLocal ? "required" : "optional",
      logins,
      submission,
      inspections: options.inspections,
      removesForgedResults: options.removesForgedResults,
      onRelayedForGrant: options.onRelayedForGrant,
    };
  };
  // Listeners are few, and clients come by the thousand.
  const known = new Map<ListenerSettings, Map<number, Terms>>();
  return (listener: ListenerSettings, role: RelayRole, client: IpAddress): SessionPolicy => {
    // Of a proxy's own address nothing follows: it is that of nobody in particular.
    const isNobody = isProxy(listener, client);
    const isLocal = mayLogInInClear(listener, client);
    const isAtHome = !isNobody && isTrusted(client);
    const ofListener = entryOf(known, listener, () => new Map<number, Terms>());
    const key = Number(isNobody) + 2 * Number(isLocal) + 4 * Number(isAtHome);
    const kind = { isNobody, isLocal, isAtHome };
    const terms = entryOf(ofListener, key, () => termsFor(listener, role, kind));
    const access = beginAccess(client);
    return {
      terms,
      session: judgedBy(access, terms.session),
      inquiry: inquire(role, client),
      access,
    };
  };
}

interface ClientKind {
  readonly isNobody: boolean;
  readonly isLocal: boolean;
  readonly isAtHome: boolean;
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

/** A rule for the client can lower the size of a message (DATABYTES), never raise it, and let it
 * relay; and it may be found only when the client's name is. */
function judgedBy(access: ClientAccess, session: Terms["session"]): SessionSettings {
  if (access.isFound && access.maxSize === undefined && !access.mayRelay) return session;
  return {
    ...session,
    get maxMessageSize() {
      return Math.min(session.maxMessageSize, access.maxSize ?? Infinity);
    },
    get notices() {
      return access.mayRelay ? "all" : session.notices;
    },
  };
}

/** Seconds that we want to have to deliver a message which returns otherwise (RFC 2852 §2). */
const minDeliverBy = 60;

/** What clients may ask of the time at which their messages go. */
function createTiming({
  now,
  submission: { priorities, holdAtMost },
}: SessionPolicyOptions): (role: RelayRole) => TimingSettings {
  const highest = new Map(Object.entries(priorities));
  const common = {
    now,
    minDeliverBy,
    maxHold: holdAtMost,
    ...(highest.size > 0 && { highestPriority: (login?: string) => priorityOf(login, highest) }),
  };
  const all: TimingSettings = { ...common, holdsFor: "all" };
  const logins: TimingSettings = { ...common, holdsFor: "logins" };
  return (role) => (role === "submission" ? all : logins);
}

function priorityOf(login: string | undefined, highest: ReadonlyMap<string, number>): number {
  if (login === undefined) return 0;
  const key = accountKey(login);
  return highest.get(key) ?? highest.get(key.slice(key.lastIndexOf("@") + 1)) ?? 0;
}

function createJudges(options: SessionPolicyOptions): Judges {
  const { rules, sources, limits } = options;
  const report = createReport(options);
  return {
    authorize: createAuthorize({ rules, sources, limits, report }),
    admitMessage: createAdmitMessage({ rules, limits, report }),
    mayRelay: (request) => mayRelay(rules, request),
  };
}
