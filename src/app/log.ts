// The log: standard error, in the form and as far as the configuration says.

import { destination, pino, stdSerializers } from "pino";
import pretty from "pino-pretty";
import type { LogSettings } from "../core/config/settings.ts";
import type { Log } from "../server/log.ts";
import { gatherLines, type GatheredLines } from "./gathered-lines.ts";
import { jsonLog } from "./json-log.ts";
import { escapedLines, plainLine } from "./log-lines.ts";
import { syslogStream } from "./syslog-stream.ts";

export interface AdjustableLog extends Log {
  apply(settings: LogSettings): void;
}

const options = { base: null, serializers: { error: stdSerializers.err } };

/** A log into a file, as JSON. */
export function createFileLog(file: string): Log {
  const into = destination({ dest: file, sync: false });
  return jsonLog((line) => into.write(escapedLines(line)), "info");
}

/** The log of a server; on exit what is still in memory is written. */
export function createLog(): AdjustableLog {
  const gathered = gatherLines();
  let settings: LogSettings = { format: "auto", level: "info" };
  let current = open(settings, gathered);
  return {
    info: (fields, text) => current.info(fields, text),
    warn: (fields, text) => current.warn(fields, text),
    error: (fields, text) => current.error(fields, text),
    apply(next) {
      if (next.format === settings.format && next.level === settings.level) return;
      // What was said before is to stand before.
      gathered.flushSync();
      settings = next;
      current = open(settings, gathered);
    },
  };
}

const prettiness = { destination: 2, ignore: "pid,hostname", sync: true } as const;

function open({ format, level }: LogSettings, gathered: GatheredLines): Log {
  switch (format) {
    case "auto":
      return open({ format: process.stderr.isTTY ? "text" : "json", level }, gathered);
    case "json":
      return jsonLog((line) => gathered.write(line), level);
    case "text": {
      const text = pretty({ ...prettiness, colorize: process.stderr.isTTY });
      return pino({ ...options, level }, { write: (line) => text.write(plainLine(line)) });
    }
    case "syslog": {
      const lines = syslogStream((line) => gathered.write(line));
      return pino({ ...options, level }, lines);
    }
  }
}

export interface HeldLog extends Log {
  /** Says all that was held back. */
  release(to: Log): void;
}

/** Holds back what is said before it is known how to say it. */
export function holdLog(): HeldLog {
  const held: ((to: Log) => void)[] = [];
  return {
    info: (fields, text) => void held.push((to) => to.info(fields, text)),
    warn: (fields, text) => void held.push((to) => to.warn(fields, text)),
    error: (fields, text) => void held.push((to) => to.error(fields, text)),
    release(to) {
      for (const say of held.splice(0)) say(to);
    },
  };
}
