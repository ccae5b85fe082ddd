// The log as JSON, an object a line, in pino's form. pino itself looks through whatever it is given, in a
// way that is slow where objects have many shapes (docs/decisions/0034-what-each-message-pays.md).

import { inspect } from "node:util";
import { stdSerializers } from "pino";
import type { LogSettings } from "../core/config/settings.ts";
import type { Log } from "../server/log.ts";

type Level = LogSettings["level"];

const numbers = { info: 30, warn: 40, error: 50 } as const;

/** @param write takes a line with its end
 * @param least what is below it is not said */
export function jsonLog(write: (line: string) => void, least: Level): Log {
  const at = (level: Level) => {
    if (numbers[level] < numbers[least]) return () => {};
    return (fields: object, text: string) => write(jsonLine(numbers[level], fields, text));
  };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

function jsonLine(level: number, fields: object, text: string): string {
  const told = toldOf(fields).slice(1, -1);
  const separator = told === "" ? "" : ",";
  return `{"level":${level},"time":${Date.now()}${separator}${told},"msg":${JSON.stringify(text)}}\n`;
}

function toldOf(fields: object): string {
  try {
    return JSON.stringify(fields, "error" in fields ? withErrors : undefined);
  } catch {
    // Rings, or numbers that JSON has not: nothing that is said may stop the server.
    return JSON.stringify({ fields: inspect(fields) });
  }
}

/** An error has nothing of its own that JSON would show. */
function withErrors(_: string, value: unknown): unknown {
  return value instanceof Error ? stdSerializers.err(value) : value;
}
