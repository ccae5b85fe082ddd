// Lines as systemd and syslog read them from a service's standard error: the priority in brackets
// (sd-daemon(3), RFC 5424 §6.2.1 without a facility), then text.

import type { DestinationStream } from "pino";

/** What pino tells a stream of the line that it is about to write. */
interface Told {
  lastLevel: number;
  lastMsg?: string;
  lastObj?: unknown;
}

/** Characters of a line. */
const longest = 16_000;

export function syslogStream(write: (line: string) => void): DestinationStream {
  const told: Told = { lastLevel: 30 };
  return Object.assign(told, {
    // Asks pino to tell.
    [Symbol.for("pino.metadata")]: true,
    write: () => write(syslogLine(told.lastLevel, told.lastMsg ?? "", told.lastObj)),
  });
}

/** @param level as pino counts them
 *  @returns one line with its end, without control characters */
export function syslogLine(level: number, text: string, fields: unknown): string {
  const entries = typeof fields === "object" && fields !== null ? Object.entries(fields) : [];
  const event = entries.find(([key]) => key === "event")?.[1];
  const rest = entries
    .filter(([key, value]) => key !== "event" && value !== undefined)
    .map(([key, value]) => ` ${key}=${formatValue(value)}`)
    .join("");
  const line = `${typeof event === "string" ? `${event}: ` : ""}${text}${rest}`;
  const cut = line.length > longest ? `${line.slice(0, longest)}…` : line;
  return `<${priorityOf(level)}>${cut.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?")}\n`;
}

function formatValue(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  if (typeof value !== "string") return JSON.stringify(value);
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

/** RFC 5424 §6.2.1. */
function priorityOf(level: number): number {
  if (level >= 60) return 2;
  if (level >= 50) return 3;
  if (level >= 40) return 4;
  return level >= 30 ? 6 : 7;
}
