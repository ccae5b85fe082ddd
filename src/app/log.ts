// The log: standard error, in the form and as far as the configuration says.

import { destination, pino, stdSerializers } from "pino";
import pretty from "pino-pretty";
import type { LogSettings } from "../core/config/settings.ts";
import type { Log } from "../server/log.ts";
import { escapedLine, plainLine } from "./log-lines.ts";
import { syslogStream } from "./syslog-stream.ts";

export interface AdjustableLog extends Log {
  apply(settings: LogSettings): void;
}

const options = { base: null, serializers: { error: stdSerializers.err } };

/** A log into a file, as JSON. */
export function createFileLog(file: string): Log {
  const into = destination({ dest: file, sync: false });
  return pino(options, { write: (line) => into.write(escapedLine(line)) });
}

/** The log of a server; on exit what is still in memory is written. */
export function createLog(): AdjustableLog {
  // Lines are gathered for a moment, so that a busy log costs few system calls.
  const gathered = destination({ dest: 2, sync: false, minLength: 8192, periodicFlush: 200 });
  let format = formOf("auto");
  let current = open(format, gathered);
  return {
    info: (fields, text) => current.info(fields, text),
    warn: (fields, text) => current.warn(fields, text),
    error: (fields, text) => current.error(fields, text),
    apply(settings) {
      const next = formOf(settings.format);
      if (next !== format) {
        // What was said before is to stand before.
        gathered.flushSync();
        current = open(next, gathered);
        format = next;
      }
      current.level = settings.level;
    },
  };
}

const prettiness = { destination: 2, ignore: "pid,hostname", sync: true } as const;

type Form = Exclude<LogSettings["format"], "auto">;

function formOf(format: LogSettings["format"]): Form {
  if (format !== "auto") return format;
  return process.stderr.isTTY ? "text" : "json";
}

function open(form: Form, gathered: ReturnType<typeof destination>): pino.Logger {
  switch (form) {
    case "json":
      return pino(options, { write: (line) => gathered.write(escapedLine(line)) });
    case "text": {
      const text = pretty({ ...prettiness, colorize: process.stderr.isTTY });
      return pino(options, { write: (line) => text.write(plainLine(line)) });
    }
    case "syslog":
      return pino(
        options,
        syslogStream((line) => gathered.write(line)),
      );
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
