// What a host offers in its answer to EHLO (RFC 5321 §4.1.1.1).

import type { Reply } from "../reply.ts";

export interface Extensions {
  /** RFC 2920: several commands may be written before the first is answered. */
  readonly pipelining: boolean;
  /** RFC 3030: content goes in counted chunks. */
  readonly chunking: boolean;
  /** RFC 6152: content may hold octets above 127. */
  readonly eightBitMime: boolean;
  /** RFC 6531: addresses and header fields may be UTF-8. */
  readonly smtputf8: boolean;
  /** RFC 1870: octets of the largest message; Infinity where the host states no limit; undefined
   * where it does not know SIZE. */
  readonly size: number | undefined;
  /** RFC 9422 RCPTMAX: recipients of one transaction. */
  readonly recipientsMax: number;
  /** RFC 9422 MAILMAX: transactions of one connection. */
  readonly messagesMax: number;
  /** RFC 3207: TLS can be begun. */
  readonly startTls: boolean;
  /** RFC 8689: it keeps its promise to send on under TLS alone. */
  readonly requireTls: boolean;
  /** RFC 3461: it tells senders what they ask to be told. */
  readonly dsn: boolean;
  /** RFC 6710: it takes more urgent mail first. */
  readonly priorities: boolean;
  /** RFC 2852: it keeps the time by which mail is to be delivered, if it has so many seconds for it. */
  readonly deliverBy: number | undefined;
  /** RFC 4954: mechanisms of AUTH, in capitals. */
  readonly auth: readonly string[];
}

/** What a host offers that knows HELO alone. */
export const noExtensions: Extensions = {
  pipelining: false,
  chunking: false,
  eightBitMime: false,
  smtputf8: false,
  size: undefined,
  recipientsMax: Infinity,
  messagesMax: Infinity,
  startTls: false,
  requireTls: false,
  dsn: false,
  priorities: false,
  deliverBy: undefined,
  auth: [],
};

/** Reads the answer to EHLO: a greeting line, then a keyword with its parameters on each line. */
export function parseExtensions({ lines }: Reply): Extensions {
  const offered = new Map<string, readonly string[]>();
  for (const line of lines.slice(1)) {
    const [keyword = "", ...parameters] = line.trim().toUpperCase().split(/ +/);
    offered.set(keyword, parameters);
  }
  const limits = offered.get("LIMITS") ?? [];
  return {
    pipelining: offered.has("PIPELINING"),
    chunking: offered.has("CHUNKING"),
    eightBitMime: offered.has("8BITMIME"),
    smtputf8: offered.has("SMTPUTF8"),
    size: sizeLimit(offered.get("SIZE")),
    recipientsMax: limit(limits, "RCPTMAX"),
    messagesMax: limit(limits, "MAILMAX"),
    startTls: offered.has("STARTTLS"),
    requireTls: offered.has("REQUIRETLS"),
    dsn: offered.has("DSN"),
    priorities: offered.has("MT-PRIORITY"),
    deliverBy: leastSeconds(offered.get("DELIVERBY")),
    auth: offered.get("AUTH") ?? [],
  };
}

/** SIZE without a number, or with 0, states no limit (RFC 1870 §4). */
function sizeLimit(parameters: readonly string[] | undefined): number | undefined {
  if (parameters === undefined) return undefined;
  const text = parameters[0] ?? "";
  return /^\d{1,15}$/.test(text) && Number(text) > 0 ? Number(text) : Infinity;
}

function leastSeconds(parameters: readonly string[] | undefined): number | undefined {
  if (parameters === undefined) return undefined;
  const text = parameters[0] ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function limit(limits: readonly string[], name: string): number {
  const text = limits.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Infinity;
}
