// Can the certificates be used, and for how long yet?

import type { Domain } from "../mail/domain.ts";
import { listOf } from "../policy/proof/words.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface CertificateFacts {
  readonly hostname: Domain;
  /** Users log in here, with mail clients that look at the certificate. */
  readonly usersLogIn: boolean;
  /** Those that the configuration names; none where a self-signed one is made. */
  readonly certificates: readonly CertificateFact[];
}

export type CertificateFact =
  /** With what to do. */
  | { readonly kind: "unusable"; readonly why: string }
  | {
      readonly kind: "read";
      readonly file: string;
      /** DNS names in lower case; may begin with `*.`. */
      readonly names: readonly string[];
      /** Until it ends; below 0 it has. */
      readonly daysLeft: number;
      readonly isSelfSigned: boolean;
    };

type Read = Extract<CertificateFact, { kind: "read" }>;

/** In days: whatever renews it does so before. */
const soon = 7;

export function judgeCertificates(facts: CertificateFacts): readonly Finding[] {
  const { hostname, usersLogIn, certificates } = facts;
  if (certificates.length === 0) {
    const what = "no certificate is configured: the server makes one and signs it itself";
    if (!usersLogIn) return [ok(`${what}, which is enough between servers`)];
    return [
      warning(what, {
        why: "mail clients warn their users of it; other servers do not mind",
        remedy: `get one for ${hostname}, and name it in \`tls\` (docs/certificates.md)`,
      }),
    ];
  }
  const read = certificates.filter((each) => each.kind === "read");
  return [
    ...certificates.flatMap((each) =>
      each.kind === "read" ? [] : [problem(each.why, { why: "the server does not start" })],
    ),
    ...judgeNames(read, hostname),
    ...read.map((each) => judgeOne(each, usersLogIn)),
  ];
}

function judgeNames(read: readonly Read[], hostname: Domain): readonly Finding[] {
  if (read.length === 0 || read.some(({ names }) => names.some((one) => covers(one, hostname)))) {
    return [];
  }
  const names = [...new Set(read.flatMap((each) => each.names))];
  return [
    warning(`no certificate is for ${hostname}, but for ${listOf(names)}`, {
      why: "clients and servers that look for that name do not trust this one",
      remedy: `get one that has ${hostname} among its names`,
    }),
  ];
}

/** RFC 6125 §6.4.3: the star is one label. */
function covers(name: string, hostname: Domain): boolean {
  if (!name.startsWith("*.")) return name === hostname;
  return hostname.slice(hostname.indexOf(".")) === name.slice(1);
}

function judgeOne({ file, daysLeft, isSelfSigned }: Read, usersLogIn: boolean): Finding {
  const renew = "renew it, and see why that did not happen by itself (docs/certificates.md)";
  if (daysLeft < 0) {
    return problem(`${file} has expired ${days(-daysLeft)} ago`, {
      why: usersLogIn
        ? "mail clients refuse it"
        : "servers that look at certificates send no mail here",
      remedy: renew,
    });
  }
  if (daysLeft < soon) {
    return warning(`${file} expires in ${days(daysLeft)}`, {
      why: "it is not renewed in time",
      remedy: renew,
    });
  }
  if (isSelfSigned && usersLogIn) {
    return warning(`${file} is signed by itself; it is good for ${days(daysLeft)}`, {
      why: "mail clients warn their users of it, unless they were told to trust it",
      remedy: "get one from an authority (docs/certificates.md)",
    });
  }
  return ok(`${file} is good for ${days(daysLeft)}, and its key belongs to it`);
}

function days(count: number): string {
  const whole = Math.floor(count);
  return whole === 1 ? "1 day" : `${whole} days`;
}
