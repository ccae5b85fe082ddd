// What holds for one session: it keeps the rules that it began with, whatever is reloaded meanwhile.

import type { ListenerSettings } from "../../core/config/settings.ts";
import { type IpAddress, prefixContains } from "../../core/mail/ip.ts";
import type { RelayRole, RuleSet } from "../../core/policy/request.ts";
import type { SessionSettings } from "../../core/smtp/server/state.ts";
import { type AdmitMessage, createAdmitMessage } from "./admit-message.ts";
import { type Authorize, createAuthorize } from "./authorize.ts";
import type { BlocklistInquiry, FactSources } from "./facts.ts";
import { createReport, type ReportOptions } from "./report.ts";
import type { SendingLimits } from "./sending-limits.ts";
import type { SubmissionRules } from "./submission.ts";
import { withoutGrants } from "./without-grants.ts";

export interface SessionPolicy {
  readonly session: SessionSettings;
  readonly authorize: Authorize;
  readonly admitMessage: AdmitMessage;
  /** What the blocklists say of the client; undefined where none concerns it. */
  readonly inquiry: BlocklistInquiry | undefined;
  /** For the mail of those who have logged in. */
  readonly submission: SubmissionRules;
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
  readonly submission: SubmissionRules;
}

type Judges = Pick<SessionPolicy, "authorize" | "admitMessage">;

export function createSessionPolicies(options: SessionPolicyOptions) {
  const { session, sources, isTrusted, inquire, submission } = options;
  const judges = createJudges(options);
  const strangersJudges = createJudges({
    ...options,
    rules: { networks: [] },
    sources: withoutGrants(sources),
  });
  const trustedSession = { ...session, maxRefusedRecipients: Infinity };
  return (listener: ListenerSettings, client: IpAddress): SessionPolicy => {
    // Of a proxy's own address nothing follows: it is that of nobody in particular.
    const isNobody = isProxy(listener, client);
    return {
      session: !isNobody && isTrusted(client) ? trustedSession : session,
      ...(isNobody ? strangersJudges : judges),
      inquiry: inquire(listener.role, client),
      submission,
    };
  };
}

function createJudges(options: SessionPolicyOptions): Judges {
  const { rules, sources, limits } = options;
  const report = createReport(options);
  return {
    authorize: createAuthorize({ rules, sources, limits, report }),
    admitMessage: createAdmitMessage({ rules, limits, report }),
  };
}

function isProxy({ proxies }: ListenerSettings, client: IpAddress): boolean {
  return proxies?.some((proxy) => prefixContains(proxy, client)) === true;
}
