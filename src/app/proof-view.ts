// The proof for people and for programs: who may send to anyone without logging in, and which line
// says so.

import { formatPrefix } from "../core/mail/ip.ts";
import { admittedTo, type Admission } from "../core/policy/proof/admitted.ts";
import { describeLine, describeTotal } from "../core/policy/proof/describe.ts";
import { type Finding, formatFinding } from "../core/policy/proof/finding.ts";
import { type Proof, warningsOf } from "../core/policy/proof/prove.ts";
import { roles } from "../core/policy/proof/situations.ts";
import { countAll, countOf, isEmpty, prefixesOf, type Space } from "../core/policy/proof/space.ts";
import { formatCount, listOf } from "../core/policy/proof/words.ts";
import type { RelayRole } from "../core/policy/request.ts";

/** Lines, and prefixes of a line, that a terminal shows; `--json` has more. */
const mostLines = 100;
const mostPrefixes = 8;
const mostPrefixesInJson = 10_000;

export function describeProof({ admissions, findings }: Proof): readonly string[] {
  return [
    ...roles.flatMap((role) => describeRole(role, admissions)),
    ...warningsOf(findings).map(formatFinding),
  ];
}

function describeRole(role: RelayRole, admissions: readonly Admission[]): readonly string[] {
  const heading = `without a login, on listeners of the role ${role}:`;
  const own = admissions.filter((each) => each.role === role);
  if (own.length === 0) return [heading, "  relays for nobody by address"];
  const lines = own.slice(0, mostLines).map((each) => `  ${describeAdmission(each)}`);
  const more = own.length - lines.length;
  return [
    heading,
    ...lines,
    ...(more > 0 ? [`  and by ${formatCount(BigInt(more))} lines more`] : []),
    `  in all for ${describeTotal(admittedTo(admissions, role))}`,
  ];
}

function describeAdmission({ space, reason, place }: Admission): string {
  const prefixes = prefixesOf(space, mostPrefixes + 1).map(formatPrefix);
  const shown = prefixes.length > mostPrefixes ? [...prefixes.slice(0, -1), "more"] : prefixes;
  return `relays for ${listOf(shown)} (${describeLine(reason, place)})`;
}

/** As `check --json` prints it. Counts are exact, as text: they may be larger than a number holds. */
export function summarizeProof({ admissions, findings }: Proof): object {
  return {
    admitted: roles.map((role) => {
      const space = admittedTo(admissions, role);
      return {
        role,
        lines: admissions.filter((each) => each.role === role).map(summarizeAdmission),
        ipv4: summarizeTotal(space, 4),
        ipv6: summarizeTotal(space, 6),
      };
    }),
    findings: findings.map(summarizeFinding),
  };
}

function summarizeTotal(space: Space, version: 4 | 6): object {
  const count = countOf(space, version);
  return { addresses: String(count), share: Number(count) / Number(countAll(version)) };
}

function summarizeAdmission({ reason, place, space }: Admission): object {
  return { reason, ...place, prefixes: summarizePrefixes(space) };
}

function summarizeFinding({ severity, kind, place, space, text }: Finding): object {
  const prefixes = isEmpty(space) ? {} : { prefixes: summarizePrefixes(space) };
  return { severity, kind, ...place, ...prefixes, text };
}

function summarizePrefixes(space: Space): readonly string[] {
  return prefixesOf(space, mostPrefixesInJson).map(formatPrefix);
}
