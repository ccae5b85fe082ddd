// Blocklists in words.

import type { ListAnswer } from "../core/blocklist/answer.ts";
import type { ListReport } from "../server/blocklists/list.ts";
import type { LookUp } from "../server/blocklists/operations.ts";
import {
  describeHealth,
  describeTest,
  formatLatency,
  formatScore,
} from "../server/admin/words/blocklist-words.ts";
import { formatTable } from "./table.ts";

const header = [
  "BLOCKLIST",
  "CLIENTS",
  "SCORE",
  "QUESTIONS",
  "REMEMBERED",
  "LISTED",
  "MEDIAN",
  "SLOWEST",
  "TESTED",
  "STATE",
];

/** @param now UTC milliseconds. */
export function describeReport(report: readonly ListReport[], now: number): string {
  if (report.length === 0) return "The configuration names no blocklist.\n";
  const rows = report.map((list) => [
    list.zone,
    list.family,
    formatScore(list.score),
    String(list.questions),
    String(list.remembered),
    String(list.listed),
    formatLatency(list.median),
    formatLatency(list.slowest),
    describeTest(list, now),
    describeHealth(list, now),
  ]);
  return formatTable([header, ...rows]);
}

export function describeLookUp(address: string, { answers, verdict }: LookUp): string {
  const rows = answers.map(({ zone, score, answer, reason, latency }) => [
    zone,
    formatScore(score),
    formatLatency(latency),
    describeAnswer(answer, reason),
  ]);
  const table = formatTable([["BLOCKLIST", "SCORE", "TIME", "ANSWER"], ...rows]);
  return `${rows.length === 0 ? "" : table}${describeVerdict(address, verdict)}\n`;
}

function describeAnswer(answer: ListAnswer, reason: string | null): string {
  switch (answer.kind) {
    case "listed":
      return `listed (${answer.codes.join(", ")})${reason === null ? "" : `: ${reason}`}`;
    case "not-listed":
      return "not listed";
    case "unknown":
      return `no answer: ${answer.why}`;
  }
}

function describeVerdict(address: string, verdict: LookUp["verdict"]): string {
  if (!verdict.known)
    return `A stranger from ${address} would be told to come back (${verdict.why}).`;
  return verdict.value.listed
    ? `A stranger from ${address} would be refused, as listed at ${verdict.value.list}.`
    : `A stranger from ${address} would not be refused by blocklists.`;
}
