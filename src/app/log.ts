// The log: standard error, readable on a terminal, JSON lines otherwise.

import { destination, pino, stdSerializers } from "pino";
import pretty from "pino-pretty";
import type { Log } from "../server/log.ts";

/** Where the log goes; on exit what is still in memory is written. */
export function createLog(to: { readonly file?: string } = {}): Log {
  const options = { base: null, serializers: { error: stdSerializers.err } };
  if (to.file !== undefined) return pino(options, destination({ dest: to.file, sync: false }));
  if (process.stderr.isTTY) {
    return pino(options, pretty({ destination: 2, ignore: "pid,hostname", sync: true }));
  }
  // Lines are gathered for a moment, so that a busy log costs few system calls.
  const gather = { sync: false, minLength: 8192, periodicFlush: 200 };
  return pino(options, destination({ dest: 2, ...gather }));
}
