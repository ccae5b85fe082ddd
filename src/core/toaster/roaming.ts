// Whether users could relay for having read their mail, and for how long.

import { formatDuration } from "../config/values/duration.ts";
import type { DatabaseAccess } from "./database-file.ts";
import type { DraftRoaming, From } from "./draft.ts";
import { type At, type Report } from "./report.ts";
import type { Service } from "./services.ts";
import type { Toaster } from "./toaster.ts";
import { isOn, readWatcher } from "./watcher.ts";

/** vpopmail's own. */
const usualMinutes = 180;
const mostMinutes = 24 * 24 * 60;

/** The lifetime of a permission, where any part of the installation shows that there were some. */
export function findRoaming(
  toaster: Toaster,
  services: readonly Service[],
  access: DatabaseAccess | undefined,
  report: Report,
): From<DraftRoaming> | undefined {
  const [evidence] = findEvidence(toaster, services);
  if (evidence === undefined) return undefined;
  const { value, at } = findMinutes(toaster) ?? { value: usualMinutes, at: evidence.at };
  const minutes = Math.min(value, mostMinutes);
  const lifetime = formatDuration(minutes * 60_000);
  report.translated(
    evidence.at,
    `relay.roaming: ${evidence.value}; a permission lasts for ${lifetime} from the end of the session, and covers the user's own addresses as senders: with \`senders: any\` it is as it was`,
  );
  if (at !== evidence.at) report.taken(at, `relay.roaming.lifetime: ${lifetime}`);
  const table = toaster.database?.hasRelayTable === true ? access?.url : undefined;
  if (table !== undefined && access !== undefined) {
    report.taken(
      access.at,
      "relay.roaming.relay-table: who reads mail at the old server may send through this one; take it out when nobody does",
    );
  }
  return { value: { minutes, table }, at };
}

function findEvidence(toaster: Toaster, services: readonly Service[]): readonly From<string>[] {
  const { openSmtp, crontabs, database, databaseFile, watcher } = toaster;
  const asking = services.find(({ asksRelayTable }) => asksRelayTable);
  const setting = readWatcher(watcher).get("vpopmail_roaming_users");
  const defined = findLine(toaster.headers, /^#define\s+POP_AUTH_OPEN_RELAY\s+1\b/);
  const cleared = findLine(crontabs, /^[^#]*\bclearopensmtp\b/);
  return [
    ...(asking
      ? [{ value: "tcpserver asked the table of those who had just read mail", at: asking.at }]
      : []),
    ...(database?.hasRelayTable === true && databaseFile !== undefined
      ? [{ value: "there is a table `relay`", at: { path: databaseFile.path } }]
      : []),
    ...(openSmtp
      ? [{ value: "vpopmail notes who has just read mail", at: { path: openSmtp.path } }]
      : []),
    ...(cleared ? [{ value: "clearopensmtp ran", at: cleared.at }] : []),
    ...(setting && isOn(setting) ? [{ value: "roaming users are on", at: setting.at }] : []),
    ...(defined ? [{ value: "vpopmail was built for it", at: defined.at }] : []),
  ];
}

function findMinutes(toaster: Toaster): From<number> | undefined {
  const built = findLine(toaster.headers, /^#define\s+RELAY_CLEAR_MINUTES\s+"?([0-9]{1,6})/);
  const set = readWatcher(toaster.watcher).get("vpopmail_relay_clear_minutes");
  const found = built ?? (set && { value: set.value, at: set.at });
  if (found === undefined || !/^[1-9][0-9]{0,5}$/.test(found.value)) return undefined;
  return { value: Number(found.value), at: found.at };
}

/** The first line that fits; its value is the pattern's first group. */
function findLine(
  files: readonly { readonly path: string; readonly text: string }[],
  pattern: RegExp,
): { readonly value: string; readonly at: At } | undefined {
  for (const { path, text } of files) {
    for (const [index, line] of text.split("\n").entries()) {
      const found = pattern.exec(line);
      if (found !== null) return { value: found[1] ?? "", at: { path, line: index + 1 } };
    }
  }
  return undefined;
}
