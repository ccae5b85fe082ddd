// Grants, and what they were used for, in words.

import { formatIp } from "../core/mail/ip.ts";
import { printable } from "../core/smtp/reply.ts";
import type { GrantUse } from "../io/store/grant-store.ts";
import type { GrantFilter, GrantView } from "../server/admin/operations.ts";
import { describeGrantEnd, usesInAll } from "../server/admin/words/grant-words.ts";
import { formatTime } from "../server/admin/words/times.ts";
import { formatTable } from "./table.ts";

/** @param now UTC milliseconds. */
export function grantTable(grants: readonly GrantView[], now: number): string {
  const rows = grants.map((grant) => [
    grant.id,
    formatIp(grant.client),
    shown(grant.account),
    grant.source,
    shown(grant.software),
    formatTime(grant.openedAt),
    describeGrantEnd(grant, now),
  ]);
  const head = ["ID", "CLIENT", "ACCOUNT", "SOURCE", "SOFTWARE", "SINCE", "UNTIL"];
  const bars = grants.flatMap(({ id, bar }) =>
    bar === null ? [] : [`${id} does not count: ${bar}\n`],
  );
  return [formatTable([head, ...rows]), ...(bars.length > 0 ? ["\n", ...bars] : [])].join("");
}

/** @param isConfigured whether there is `relay.roaming`. */
export function noGrantsText({ client, account }: GrantFilter, isConfigured: boolean): string {
  const whose = account === null ? "" : ` for ${printable(account)}`;
  const where = client === null ? "" : ` from ${formatIp(client)}`;
  const none =
    whose + where === ""
      ? "Nobody relays for having read mail."
      : `There is no grant${whose}${where}.`;
  const why = isConfigured
    ? ""
    : " Reading mail opens nothing: `relay.roaming` is not in the configuration.";
  return `${none}${why}\n`;
}

/** For `--json`. */
export function plainGrant(grant: GrantView): object {
  return { ...grant, client: formatIp(grant.client) };
}

/** One line for each account and program; the most used first. */
export function useTable(uses: readonly GrantUse[]): string {
  if (uses.length === 0) return "Nothing was relayed for having read mail.\n";
  return formatTable([
    ["ACCOUNT", "SOFTWARE", "MESSAGES", "DAYS", "LAST"],
    ...usesInAll(uses).map(({ account, software, messages, days, lastDay }) => [
      shown(account),
      shown(software),
      String(messages),
      String(days),
      lastDay,
    ]),
  ]);
}

/** One line for each day as well. */
export function dailyUseTable(uses: readonly GrantUse[]): string {
  if (uses.length === 0) return useTable(uses);
  return formatTable([
    ["DAY", "ACCOUNT", "SOFTWARE", "MESSAGES"],
    ...uses.map((use) => [use.day, shown(use.account), shown(use.software), String(use.messages)]),
  ]);
}

/** Clients name their programs as they like: nothing of it reaches the terminal as a command. */
function shown(text: string | null): string {
  return text === null || text === "" ? "-" : printable(text);
}
