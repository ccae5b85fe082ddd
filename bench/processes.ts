// A server's processes and their memory, from /proc. The tree is followed by parents, because
// Postfix's master leaves the process group that it was started in.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** The process and all of its descendants that live now. */
export function processTree(rootPid: number): readonly number[] {
  return tree(rootPid).map((process) => process.pid);
}

/** Signals every process group in the tree. */
export function signalTree(rootPid: number, signal: NodeJS.Signals): void {
  const groups = new Set(tree(rootPid).map((process) => process.group));
  for (const group of groups) {
    try {
      process.kill(-group, signal);
    } catch {
      // The group is gone already, which is what was wanted.
    }
  }
}

/** Memory in use by the processes together, in octets; what they share is counted once (PSS). */
export function memoryInUse(pids: readonly number[]): number {
  return total(pids, (pid) => field(`/proc/${pid}/smaps_rollup`, "Pss"));
}

/** The most memory that each process ever had resident (VmHWM), added up, in octets. */
export function peakMemory(pids: readonly number[]): number {
  return total(pids, (pid) => field(`/proc/${pid}/status`, "VmHWM"));
}

/** Seconds of processor time that the processes have used. */
export function processorTime(pids: readonly number[]): number {
  return total(pids, (pid) => {
    const stat = textOf(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // utime and stime, in the hundredths that Linux tells all programs.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  });
}

/** Starts the peak anew from what is resident now (proc(5), clear_refs). */
export function resetPeak(pids: readonly number[]): void {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function tree(rootPid: number): readonly Process[] {
  const everything = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? read(name) : []));
  const found = everything.filter((process) => process.pid === rootPid);
  // The array grows while it is walked: a child's children are looked for in their turn.
  for (const { pid } of found) {
    found.push(...everything.filter((process) => process.parent === pid));
  }
  return found;
}

/** proc(5): `pid (name) state ppid pgrp …`, where the name may hold anything. */
function read(pid: string): readonly Process[] {
  const stat = textOf(`/proc/${pid}/stat`);
  const [, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return stat === "" ? [] : [{ pid: Number(pid), parent: Number(parent), group: Number(group) }];
}

function total(pids: readonly number[], measure: (pid: number) => number): number {
  return pids.reduce((sum, pid) => sum + measure(pid), 0);
}

function field(path: string, name: string): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(textOf(path))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

/** Empty for a process that has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
