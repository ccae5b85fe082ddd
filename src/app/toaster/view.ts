// An import's report, for people and for programs.

import { counted, type Fate, type Finding, formatAt } from "../../core/toaster/report.ts";
import type { Toaster } from "../../core/toaster/toaster.ts";

const headings: readonly (readonly [Fate, string])[] = [
  ["taken", "Taken"],
  ["translated", "Translated: not quite the same"],
  ["left-out", "Left out: no use here"],
  ["operator", "Needs you"],
];

export function describeFindings(findings: readonly Finding[]): string {
  return headings
    .flatMap(([fate, heading]) => {
      const own = findings.filter((finding) => finding.fate === fate).toSorted(byPlace);
      if (own.length === 0) return [];
      const lines = own.map((finding) => `  ${describeFinding(finding)}\n`);
      return [`${heading} (${own.length}):\n${lines.join("")}\n`];
    })
    .join("");
}

/** What is said of one file stands together. */
function byPlace(one: Finding, other: Finding): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return (one.line ?? 0) - (other.line ?? 0);
}

function describeFinding(finding: Finding): string {
  return finding.path === "" ? finding.text : `${formatAt(finding)}: ${finding.text}`;
}

export function describeSource(root: string, { qmail, vpopmail, domains }: Toaster): string {
  const parts = [
    ...(qmail === undefined ? [] : [`qmail in ${qmail}`]),
    ...(vpopmail === undefined ? [] : [`vpopmail in ${vpopmail}`]),
  ];
  const users = domains.reduce((sum, { users: some }) => sum + some.length, 0);
  const isCopy = root !== "/" && ![qmail, vpopmail].some((path) => path?.startsWith(root));
  const below = isCopy ? `Paths are those below ${root}. ` : "";
  return `Read: ${parts.join(", ")}, with ${counted(domains.length, "domain")} and ${counted(users, "user")} of vpopmail's. ${below}Nothing there was changed.\n\n`;
}

export interface NextSteps {
  readonly configuration: string;
  readonly accounts: string | undefined;
  readonly forwards: string | undefined;
  readonly passwords: readonly string[];
  readonly moves: string | undefined;
}

/** What the operator does with what was written. */
export function describeNext(next: NextSteps): string {
  const { configuration, accounts, forwards, passwords, moves } = next;
  const steps = [
    ...(passwords.length === 0
      ? []
      : [`chown bailiwick ${passwords.join(" ")}   # if the server works as the user bailiwick`]),
    `bailiwick check -c ${configuration}`,
    ...(accounts === undefined
      ? []
      : [
          `bailiwick account import ${accounts} -c ${configuration}   # mailboxes, for mail to arrive`,
        ]),
    ...(forwards === undefined
      ? []
      : [`bailiwick forward import ${forwards} -c ${configuration}   # after the accounts`]),
    ...(moves === undefined
      ? []
      : [`sh ${moves}   # the old mail; read it first, stop both servers`]),
    `bailiwick start -c ${configuration}`,
  ];
  return `Next (docs/leaving-a-toaster.md):\n${steps.map((step) => `  ${step}\n`).join("")}`;
}
