// One row of vpopmail's relay table: which address has read mail, and when. Whoever could write to the
// table wrote it, in one of thirty years.

import { accountKey } from "../mail/account-key.ts";
import { formatAddress, parseAddress } from "../mail/address.ts";
import { formatIp, type IpAddress, isLoopback, parseIp } from "../mail/ip.ts";
import { bad, good, type Result } from "../result.ts";

/** As the table has it; null where it has nothing. */
export interface WrittenRow {
  readonly address: string | null;
  /** Seconds since 1970. */
  readonly timestamp: string | null;
  /** Whose login it was, in Mail::Toaster's tables. */
  readonly name: string | null;
}

export interface RelayRow {
  readonly client: IpAddress;
  /** Seconds since 1970: the login, or a little ahead of now where the clocks differ. */
  readonly timestamp: number;
  readonly account: string | undefined;
}

export const rowFaults = [
  "no-address",
  "prefix",
  "cut-off",
  "not-a-client",
  "no-time",
  "future",
] as const;

export type RowFault = (typeof rowFaults)[number];

export interface RowContext {
  /** Characters that the column `ip_addr` holds. */
  readonly width: number;
  /** UTC milliseconds. */
  readonly now: number;
}

/** How far ahead a row may be because clocks or their zones differ. */
const skew = 86_400_000;

export function readRelayRow(
  { address, timestamp, name }: WrittenRow,
  { width, now }: RowContext,
): Result<RelayRow, RowFault> {
  const text = (address ?? "").trim();
  const client = parseIp(text);
  if (client === undefined) return bad(isPrefix(text) ? "prefix" : "no-address");
  // A column of 18 characters cuts an IPv6 address off, and what is left may be somebody else's.
  if (client.version === 6 && width < longestAddress && text.length >= width) return bad("cut-off");
  if (!canRoam(client)) return bad("not-a-client");
  const seconds = readSeconds(timestamp);
  if (seconds === undefined) return bad("no-time");
  if (seconds * 1000 > now + skew) return bad("future");
  return good({ client, timestamp: seconds, account: readName(name) });
}

/** The longest text of an IPv6 address. */
const longestAddress = 39;

/** Whether a user may sit there: this host's own addresses are those of a webmail, and of whatever
 * else runs here. */
export function canRoam(client: IpAddress): boolean {
  if (isLoopback(client) || client.octets.every((octet) => octet === 0)) return false;
  const [first = 0] = client.octets;
  return client.version === 4 ? first !== 0 && first < 224 : first !== 0xff;
}

/** The texts by which a client's row may be found. */
export function writtenForms(client: IpAddress): readonly string[] {
  const short = formatIp(client);
  if (client.version === 4) return [short, `::ffff:${short}`, `::FFFF:${short}`];
  const { octets } = client;
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((octets[index * 2] ?? 0) << 8) | (octets[index * 2 + 1] ?? 0)).toString(16),
  );
  const long = groups.join(":");
  const padded = groups.map((group) => group.padStart(4, "0")).join(":");
  const small = [...new Set([short, long, padded])];
  return [...small, ...small.map((form) => form.toUpperCase())];
}

/** `192.0.2.`, `192.0.2.0/24`, `192.0.2.1-9`: rules of tcp.smtp, which the table never knew. */
function isPrefix(text: string): boolean {
  return /^(?:\d{1,3}\.){1,3}(?:\d+-\d+)?$|^[0-9a-f.:]+\/\d+$|^[\d.]+-\d+\.?$/i.test(text);
}

function readSeconds(text: string | null): number | undefined {
  const written = (text ?? "").trim();
  if (!/^[0-9]{1,15}$/.test(written)) return undefined;
  const seconds = Number(written);
  return seconds > 0 ? seconds : undefined;
}

function readName(name: string | null): string | undefined {
  const address = parseAddress((name ?? "").trim());
  return address.ok ? accountKey(formatAddress(address.value)) : undefined;
}
