// The report of a day's TLS sessions with one domain (RFC 8460 §4.4): an object for JSON.

import type { Domain } from "../mail/domain.ts";
import type { AppliedPolicy, SessionCount, SessionFailure } from "./session.ts";

export interface ReportParts {
  readonly organization: string;
  /** An address of whoever answers questions about the report. */
  readonly contact: string;
  readonly id: string;
  /** In UTC: `2026-11-26`. */
  readonly day: string;
  readonly sessions: readonly SessionCount[];
}

/** The keys are the RFC's. */
export interface TlsReport {
  readonly "organization-name": string;
  readonly "date-range": { readonly "start-datetime": string; readonly "end-datetime": string };
  readonly "contact-info": string;
  readonly "report-id": string;
  readonly policies: readonly PolicyReport[];
}

interface PolicyReport {
  readonly policy: {
    readonly "policy-type": AppliedPolicy["type"];
    readonly "policy-string"?: readonly string[];
    readonly "policy-domain": Domain;
    readonly "mx-host"?: readonly string[];
  };
  readonly summary: {
    readonly "total-successful-session-count": number;
    readonly "total-failure-session-count": number;
  };
  readonly "failure-details"?: readonly FailureDetail[];
}

interface FailureDetail {
  readonly "result-type": SessionFailure["type"];
  readonly "sending-mta-ip"?: string;
  readonly "receiving-mx-hostname"?: string;
  readonly "receiving-ip"?: string;
  readonly "failed-session-count": number;
  readonly "failure-reason-code"?: string;
}

/** Details of one policy, those with the most sessions; the sums count all. */
const mostDetails = 1_000;

export function buildReport({ organization, contact, id, day, sessions }: ReportParts): TlsReport {
  return {
    "organization-name": organization,
    "date-range": {
      "start-datetime": `${day}T00:00:00Z`,
      "end-datetime": `${day}T23:59:59Z`,
    },
    "contact-info": contact,
    "report-id": id,
    policies: byPolicy(sessions).map(reportPolicy),
  };
}

/** At least one in each group. */
function byPolicy(sessions: readonly SessionCount[]): readonly (readonly SessionCount[])[] {
  const groups = new Map<string, SessionCount[]>();
  for (const session of sessions) {
    const { type, domain, lines, hosts } = session.policy;
    const key = JSON.stringify([type, domain, lines, hosts]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [session]);
    else group.push(session);
  }
  return [...groups.values()];
}

function reportPolicy(sessions: readonly SessionCount[]): PolicyReport {
  const failures = sessions.flatMap(({ failure, count }) =>
    failure === undefined ? [] : [reportFailure(failure, count)],
  );
  const all = sessions.reduce((sum, { count }) => sum + count, 0);
  const failed = failures.reduce((sum, detail) => sum + detail["failed-session-count"], 0);
  const details = failures
    .toSorted((one, other) => other["failed-session-count"] - one["failed-session-count"])
    .slice(0, mostDetails);
  return {
    policy: describe(sessions),
    summary: {
      "total-successful-session-count": all - failed,
      "total-failure-session-count": failed,
    },
    ...(details.length > 0 && { "failure-details": details }),
  };
}

function describe([session]: readonly SessionCount[]): PolicyReport["policy"] {
  if (session === undefined) throw new Error("a report of no session");
  const { type, domain, lines, hosts } = session.policy;
  return {
    "policy-type": type,
    ...(lines.length > 0 && { "policy-string": lines }),
    "policy-domain": domain,
    ...(hosts.length > 0 && { "mx-host": hosts }),
  };
}

function reportFailure(failure: SessionFailure, count: number): FailureDetail {
  const { type, from, host, to, reason } = failure;
  return {
    "result-type": type,
    ...(from !== undefined && { "sending-mta-ip": from }),
    ...(host !== undefined && { "receiving-mx-hostname": host }),
    ...(to !== undefined && { "receiving-ip": to }),
    "failed-session-count": count,
    ...(reason !== undefined && { "failure-reason-code": reason }),
  };
}
