// The Received field that every message gets on its way in (RFC 5321 §4.4), and the two fields of
// final delivery.

import type { Address, ReversePath } from "./address.ts";
import { formatAddress, formatReversePath } from "./address.ts";
import { formatDate } from "./date.ts";
import { hasNonAscii } from "./domain.ts";
import { formatIp, type IpAddress } from "./ip.ts";

export interface Trace {
  /** What the client called itself. */
  readonly hello: string;
  readonly client: IpAddress;
  /** Says neither the client's address nor what it called itself: where a user sits is nobody's
   * business. */
  readonly hidesClient?: boolean;
  readonly hostname: string;
  /** What was spoken, by its name in transmission.ts. */
  readonly protocol: string;
  /** Undefined where the message came in clear. */
  readonly tls?: { readonly version: string; readonly cipher: string } | undefined;
  readonly id: string;
  readonly recipients: readonly Address[];
  /** UTC milliseconds. */
  readonly receivedAt: number;
}

/** The Received field, folded, ended by CR LF. */
export function formatReceived(trace: Trace): string {
  const { hostname, protocol, tls, id, recipients, receivedAt } = trace;
  const only = recipients.length === 1 ? recipients[0] : undefined;
  // More than one recipient: naming one would tell the others (RFC 5321 §7.2).
  const whom =
    only === undefined || hasNonAscii(only.local) ? "" : `\r\n\tfor <${formatAddress(only)}>`;
  const from = trace.hidesClient === true ? "" : `${formatClient(trace)}\r\n\t`;
  const how = tls === undefined ? protocol : `${protocol}\r\n\t(${tls.version} ${tls.cipher})`;
  const by = `by ${hostname} (Bailiwick) with ${how} id ${id}${whom}`;
  return `Received: ${from}${by}; ${formatDate(receivedAt)}\r\n`;
}

function formatClient({ hello, client }: Trace): string {
  const ip = client.version === 4 ? formatIp(client) : `IPv6:${formatIp(client)}`;
  return `from ${safeHello(hello)} ([${ip}])`;
}

/** What a client calls itself is foreign text: only what a host name or literal may hold is let
 * into a header field. */
function safeHello(hello: string): string {
  return hello.replace(/[^\w.:[\]-]/g, "?").slice(0, 255);
}

/** Return-Path, made at final delivery (RFC 5321 §4.4), and Delivered-To, which ends loops. */
export function formatDeliveryFields(sender: ReversePath, recipient: Address): string {
  return `Return-Path: <${formatReversePath(sender)}>\r\n${formatDeliveredTo(recipient)}`;
}

/** Where the message has been: it is not sent on from there again. */
export function formatDeliveredTo(recipient: Address): string {
  return `Delivered-To: ${formatAddress(recipient)}\r\n`;
}
