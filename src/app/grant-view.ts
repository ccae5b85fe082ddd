// Grants, and what they were used for, in words.

import { formatIp } from "../core/mail/ip.ts";
import { printable } from "../core/smtp/reply.ts";
import type { GrantUse } from "../io/store/grant-store.ts";
import type { GrantFilter, GrantView } from "../server/admin/operations.ts";
import { formatSpan, formatTime } from "../server/admin/words/times.ts";
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
    stateText(grant, now),
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

function stateText({ state, expiresAt, revokedAt }: GrantView, now: number): string {
  switch (state) {
    case "open":
      return "the session's end";
    case "closed":
      return `${formatTime(expiresAt ?? now)} (${formatSpan((expiresAt ?? now) - now)})`;
    case "over":
      return `over since ${formatTime(expiresAt ?? now)}`;
    case "revoked":
      return `revoked ${formatTime(revokedAt ?? now)}`;
  }
}

/** One line for each account and program; the most used first. */
export function useTable(uses: readonly GrantUse[]): string {
  if (uses.length === 0) return "Nothing was relayed for having read mail.\n";
  const groups = Map.groupBy(uses, ({ account, software }) => JSON.stringify([account, software]));
  const rows = Array.from(groups.values(), (days) => ({
    messages: days.reduce((sum, { messages }) => sum + messages, 0),
    days: new Set(days.map(({ day }) => day)).size,
    first: days[0],
    last: days.at(-1)?.day ?? "",
  })).toSorted((one, other) => other.messages - one.messages);
  return formatTable([
    ["ACCOUNT", "SOFTWARE", "MESSAGES", "DAYS", "LAST"],
    ...rows.map(({ messages, days, first, last }) => [
      accountOf(first),
      shown(first?.software ?? null),
      String(messages),
      String(days),
      last,
    ]),
  ]);
}

/** One line for each day as well. */
export function dailyUseTable(uses: readonly GrantUse[]): string {
  if (uses.length === 0) return useTable(uses);
  return formatTable([
    ["DAY", "ACCOUNT", "SOFTWARE", "MESSAGES"],
    ...uses.map((use) => [use.day, accountOf(use), shown(use.software), String(use.messages)]),
  ]);
}

function accountOf(use: GrantUse | undefined): string {
  return use === undefined || use.account === "" ? "-" : shown(use.account);
}

/** Clients name their programs as they like: nothing of it reaches the terminal as a command. */
function shown(text: string | null): string {
  return text === null || text === "" ? "-" : printable(text);
}
