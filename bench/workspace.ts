// The bench's temporary directory and its child processes. Both are gone when the bench ends,
// however it ends.
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signalTree } from "./processes.ts";

export interface Child {
  readonly pid: number;
  /** Standard output and standard error so far, in that order. */
  output(): string;
  /** Resolves with the exit status; a signal counts as 128. */
  readonly exited: Promise<number>;
  /** True until the process has ended. */
  running(): boolean;
  /** Asks with SIGTERM, insists with SIGKILL after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

interface SpawnRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** A file for standard output, where the default (a file in the workspace) would be too slow. */
  readonly stdout?: string;
}

export interface Workspace {
  readonly directory: string;
  /** One in memory, where the machine has such: what is written there no server's sync has to wait for. */
  readonly memoryDirectory: string;
  /** A fresh folder that any user may enter: Postfix's processes are not root. */
  folder(name: string): string;
  spawn(request: SpawnRequest): Child;
  /** Kills what still runs and removes the directory. Synchronous, for use at exit. */
  close(): void;
}

export function openWorkspace(): Workspace {
  const directory = mkdtempSync(join(tmpdir(), "bailiwick-bench-"));
  chmodSync(directory, 0o755);
  const memoryDirectory = existsSync("/dev/shm")
    ? mkdtempSync("/dev/shm/bailiwick-bench-")
    : directory;
  const alive = new Set<number>();
  let count = 0;
  return {
    directory,
    memoryDirectory,
    folder(name) {
      const path = mkdtempSync(join(directory, `${name}-`));
      chmodSync(path, 0o755);
      return path;
    },
    spawn(request) {
      count += 1;
      const stdout = request.stdout ?? join(directory, `${count}.stdout`);
      const stderr = join(directory, `${count}.stderr`);
      const child = start(request, stdout, stderr);
      alive.add(child.pid);
      void child.exited.then(() => alive.delete(child.pid));
      return child;
    },
    close() {
      for (const pid of alive) signalTree(pid, "SIGKILL");
      for (const path of [directory, memoryDirectory]) {
        rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      }
    },
  };
}

/**
 * Runs a short command to its end, for at most `timeoutMs`.
 * Returns its standard output, or `undefined` when it is missing or failed.
 */
export function outputOf(
  command: string,
  args: readonly string[],
  timeoutMs = 10_000,
): string | undefined {
  const result = spawnSync(command, args, {
    encoding: "utf8",
    timeout: timeoutMs,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

function start(request: SpawnRequest, stdout: string, stderr: string): Child {
  const files = [openSync(stdout, "a"), openSync(stderr, "a")] as const;
  const child = spawn(request.command, request.args, {
    cwd: request.cwd,
    detached: true,
    stdio: ["ignore", ...files],
  });
  for (const file of files) closeSync(file);
  return watch(child, () => readFileSync(stdout, "utf8") + readFileSync(stderr, "utf8"));
}

function watch(child: ChildProcess, output: () => string): Child {
  const { promise: exited, resolve, reject } = Promise.withResolvers<number>();
  child.once("exit", (status) => resolve(status ?? 128));
  child.once("error", reject);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`cannot start ${child.spawnfile}`);
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    pid,
    output,
    exited,
    running,
    async stop(graceMs) {
      if (!running()) return;
      signalTree(pid, "SIGTERM");
      const insist = setTimeout(() => signalTree(pid, "SIGKILL"), graceMs);
      await exited;
      clearTimeout(insist);
    },
  };
}
