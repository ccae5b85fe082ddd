// What the DNS should say of a domain, as a zone file with how it stands in comments.

import type { Domain } from "../mail/domain.ts";
import { printable } from "../smtp/reply.ts";
import type { Standing } from "./item.ts";
import { type Finding, recordsToPublish } from "./items.ts";
import { type DnsRecord, formatRecord } from "./record.ts";

/** All of it can be added to the domain's zone: what is there already, in whatever words, and what
 * belongs to another zone, is a comment. */
export function zoneText(domain: Domain, findings: readonly Finding[]): string {
  return findings.map((finding) => `${formatFinding(domain, finding)}\n`).join("\n");
}

function formatFinding(domain: Domain, finding: Finding): string {
  const { title, note, standing } = finding;
  const state = standing === undefined ? "" : `: ${stateInWords(standing)}`;
  return [
    `; ${title}${state}`,
    ...(note?.split("\n") ?? []).map((line) => `;   ${line}`),
    ...(standing === undefined ? [] : standingInWords(standing)).map((line) => `; ! ${line}`),
    ...recordsToPublish(finding).map(
      (record) => `${markOf(domain, record, standing)}${formatRecord(record)}`,
    ),
  ].join("\n");
}

function markOf(domain: Domain, { name }: DnsRecord, standing: Standing | undefined): string {
  if (standing?.state === "ok") return "; there: ";
  // A second one beside it would make things worse.
  if (standing?.state === "differs") return "; in its place: ";
  return name === domain || name.endsWith(`.${domain}`) ? "" : "; in another zone: ";
}

export function stateInWords(standing: Standing): string {
  switch (standing.state) {
    case "ok":
      return "in order";
    case "unneeded":
      return "not needed any more";
    case "missing":
    case "differs":
    case "unknown":
      return standing.state;
  }
}

/** What is to be known and done; empty where all is well. */
export function standingInWords(standing: Standing): readonly string[] {
  switch (standing.state) {
    case "ok":
      return [];
    case "missing":
    case "unneeded":
      return [standing.remedy];
    case "differs":
      return [
        ...standing.found.map((text) => `there is: ${printable(text)}`),
        printable(standing.remedy),
      ];
    case "unknown":
      return [printable(standing.why)];
  }
}
