// DMARC records (RFC 7489 §6.3).

import { parseTagList } from "../mail/tag-list.ts";

const policies = ["none", "quarantine", "reject"];
const alignments = ["r", "s"];

export function isDmarc(text: string): boolean {
  return /^v\s*=\s*DMARC1\s*(;|$)/.test(text);
}

/** What is wrong with a record; undefined where nothing is. */
export function dmarcProblem(text: string): string | undefined {
  const tags = parseTagList(text);
  if (tags === undefined) return "it is no list of tags";
  if (!tags.has("p")) return "it has no policy (p=)";
  for (const [name, allowed] of [
    ["p", policies],
    ["sp", policies],
    ["adkim", alignments],
    ["aspf", alignments],
  ] as const) {
    const value = tags.get(name);
    if (value === undefined || allowed.includes(value.toLowerCase())) continue;
    return `${name}=${value} is not one of ${allowed.join(", ")}`;
  }
  for (const name of ["rua", "ruf"]) {
    const odd = (tags.get(name)?.split(",") ?? []).find((uri) => !isReportUri(uri.trim()));
    if (odd !== undefined)
      return `${name}= names ${odd.trim() || "nothing"}, which is no mailto: address`;
  }
  return undefined;
}

/** A size may stand behind an exclamation mark. */
export function isReportUri(text: string): boolean {
  return (
    /^mailto:[^@\s]+@[^@\s!]+(![0-9]+[kmgt]?)?$/i.test(text) || /^https:\/\/[^\s]+$/i.test(text)
  );
}
