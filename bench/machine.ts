// The machine under the figures: without it they mean nothing.
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { spread } from "./statistics.ts";
import type { Spread } from "./statistics.ts";
import { outputOf } from "./workspace.ts";

export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  /** In octets. */
  readonly memory: number;
  readonly kernel: string;
  readonly node: string;
  /** Of the directory that holds every server's queue. */
  readonly fileSystem: string;
  /** Milliseconds for 4 KiB appended and fdatasync. */
  readonly sync: Spread;
  /** Runnable processes, averaged over the minute before the start: above 0 somebody else was here too. */
  readonly load: number;
  readonly commit: string;
}

export function describeMachine(directory: string, now: Date): Machine {
  return {
    date: now.toISOString(),
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memory: totalmem(),
    kernel: release(),
    node: process.version,
    fileSystem: outputOf("findmnt", ["-n", "-o", "FSTYPE", "-T", directory]) ?? "unknown",
    sync: measureSync(directory),
    load: Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]),
    commit: outputOf("git", ["rev-parse", "--short", "HEAD"]) ?? "unknown",
  };
}

function measureSync(directory: string): Spread {
  const file = openSync(join(directory, "sync-probe"), "w");
  const block = Buffer.alloc(4096);
  const times = Array.from({ length: 200 }, () => {
    const start = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  return spread(times);
}

/** The most files that this user's processes may open, by the hard limit that they inherit. */
export function openFilesLimit(): number {
  const limit = /^Max open files\s+\d+\s+(\d+)/m.exec(
    readFileSync("/proc/self/limits", "utf8"),
  )?.[1];
  return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
}
