// How a domain stands in the DNS: as a table, and as JSON.

import { type Finding, recordsToPublish } from "../core/dns-records/items.ts";
import { formatData, formatRecord } from "../core/dns-records/record.ts";
import { standingInWords, stateInWords } from "../core/dns-records/zone-text.ts";
import { formatTable } from "./table.ts";

/** How it stands, a line for each, and what to do below. */
export function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ records, title, need, standing }) => {
    const [first] = records;
    const state = standing === undefined ? "" : stateInWords(standing);
    const isOfUse = need === "useful" && standing?.state === "missing";
    const where = first === undefined ? "" : `${first.type} ${first.name}`;
    return [isOfUse ? `${state} (of use)` : state, where, title];
  });
  const whys = findings.flatMap(({ standing }) =>
    standing?.state === "unknown" ? standingInWords(standing) : [],
  );
  return [
    formatTable([["STATE", "RECORD", "FOR"], ...rows]),
    ...findings.map(describeRemedy),
    ...[...new Set(whys)].map((why) => `\nUnknown: ${why}\n`),
  ].join("");
}

function describeRemedy(finding: Finding): string {
  const { title, standing } = finding;
  if (standing === undefined || standing.state === "ok" || standing.state === "unknown") return "";
  const lines = [...standingInWords(standing), ...recordsToPublish(finding).map(formatRecord)];
  return `\n${title}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** For `--json`. */
export function findingsJson(findings: readonly Finding[]): unknown {
  return findings.map(({ title, need, records, note, standing }) => ({
    title,
    need,
    ...(note !== undefined && { note }),
    records: records.map((record) => ({
      name: record.name,
      type: record.type,
      data: formatData(record),
      ...(record.type === "TXT" && { text: record.text }),
    })),
    ...standing,
  }));
}
