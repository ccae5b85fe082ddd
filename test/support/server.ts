// Bailiwick as a child process, as an operator runs it: the real program, a configuration file and a
// data folder of its own, which are gone when the test is.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Cleanup } from "./cleanup.ts";
import { runInProcess } from "./in-process.ts";
import { waitUntil } from "./wait.ts";

/** Keys as in docs/configuration.md, or the file's text. An object without `hostname` is
 * mail.example.org, one without `listeners` has one named `mx` on 127.0.0.1, port chosen by the
 * system. */
export type Configuration = string | Readonly<Record<string, unknown>>;

export interface StartOptions {
  readonly configuration: Configuration;
  /** An own folder by default; give one to start again on the same data. Either is removed after
   * the test. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the program, with the program's own words behind: `["strace", "-f"]`. */
  readonly under?: readonly string[];
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** One JSON line of the log. */
export interface LogEntry {
  readonly level: number;
  readonly msg: string;
  readonly event?: string;
  readonly [key: string]: unknown;
}

export interface TestServer {
  /** Holds `bailiwick.yaml` and `data`. */
  readonly folder: string;
  readonly configurationFile: string;
  readonly dataFolder: string;
  readonly pid: number;
  /** The first listener, mostly the only one. */
  readonly address: Endpoint;
  readonly listeners: readonly (Endpoint & { readonly name: string })[];
  /** Lines of standard output so far. */
  readonly lines: readonly string[];
  /** The log so far; a line that is no JSON has level 0. */
  readonly log: readonly LogEntry[];
  /** Waits for an entry of the log, past ones included. */
  untilLogged(wanted: (entry: LogEntry) => boolean, milliseconds?: number): Promise<LogEntry>;
  /** Replaces the configuration file; nobody tells the server. */
  configure(configuration: Configuration): Promise<void>;
  /** Runs `bailiwick ARGUMENTS -c FILE`; within this process where the server does the work. */
  run(...words: readonly string[]): Promise<CommandResult>;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM; resolves with the exit code, null after a signal that killed it. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** The exit code once it has ended. */
  readonly ended: Promise<number | null>;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = join(root, "bin/bailiwick");
/** Compiling the sources takes longer than most commands. */
const cache = { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/bailiwick-tests") };
const prefix = join(tmpdir(), "bailiwick-test-");
/** Milliseconds until a server must be ready, on a machine that is busy. */
const startTime = 20_000;

/** A folder below the system's temporary one, removed after the test. */
export async function temporaryFolder(cleanup: Cleanup): Promise<string> {
  const folder = await mkdtemp(prefix);
  cleanup.after(() => remove(folder));
  return folder;
}

function remove(folder: string): Promise<void> {
  // Programs that are about to end may still write there.
  return rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Resolves when it is ready; rejects with what it said if it ends before. It is killed after the
 * test, if it still runs. */
export async function startBailiwick(cleanup: Cleanup, options: StartOptions): Promise<TestServer> {
  const folder = options.folder ?? (await mkdtemp(prefix));
  const configurationFile = join(folder, "bailiwick.yaml");
  await writeFile(configurationFile, configurationText(options.configuration));
  const [command, ...words] = [...(options.under ?? []), program, "start", "-c", configurationFile];
  const child = spawn(command, words, {
    env: { ...process.env, ...cache, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const server = watch(child, folder, configurationFile);
  cleanup.after(async () => {
    await server.kill();
    await remove(folder);
  });
  await Promise.race([
    waitUntil("the server is ready", () => server.lines.includes("ready"), startTime),
    server.ended.then((code) => {
      const said = server.log.map(({ msg }) => msg).join("\n");
      throw new Error(`the server ended with ${code} before it was ready:\n${said}`);
    }),
  ]);
  return server;
}

/** Commands that ask a server that runs, read no standard input, and come to an end. */
const calls = new Set(
  "account address app-password audit bans blocklists dkim domain explain forward grants operator queue reload token why".split(
    " ",
  ),
);

function isCall(words: readonly string[]): boolean {
  return calls.has(words[0] ?? "") && !words.includes("-");
}

/** Runs the program to its end. */
export async function runBailiwick(
  words: readonly string[],
  options: {
    readonly input?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly folder?: string;
  } = {},
): Promise<CommandResult> {
  const child = spawn(program, words, {
    env: { ...process.env, ...cache, ...options.env },
    ...(options.folder !== undefined && { cwd: options.folder }),
  });
  const code = exitOf(child);
  child.stdin.on("error", () => {}); // the program may end without reading its input
  child.stdin.end(options.input ?? "");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

function watch(child: ChildProcess, folder: string, configurationFile: string): TestServer {
  const ended = exitOf(child);
  const lines = linesOf(child.stdout);
  const log = linesOf(child.stderr);
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const entries = () => log.map(readEntry);

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (!isOver()) child.kill(signal);
    return ended;
  }

  return {
    folder,
    configurationFile,
    dataFolder: join(folder, "data"),
    pid: child.pid ?? 0,
    ended,
    get address() {
      const [first] = readListeners(lines);
      if (first === undefined) throw new Error("the server has no listener");
      return first;
    },
    get listeners() {
      return readListeners(lines);
    },
    lines,
    get log() {
      return entries();
    },
    async untilLogged(wanted, milliseconds) {
      return waitUntil("an entry of the log", () => entries().find(wanted), milliseconds);
    },
    configure: (configuration) => writeFile(configurationFile, configurationText(configuration)),
    run(...words) {
      const whole = [...words, "-c", configurationFile];
      return isCall(words) && !isOver() ? runInProcess({ words: whole }) : runBailiwick(whole);
    },
    signal: (name) => void child.kill(name),
    stop: () => end("SIGTERM"),
    async kill() {
      await end("SIGKILL");
    },
  };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
}

/** Grows as whole lines come. */
function linesOf(stream: NodeJS.ReadableStream | null): string[] {
  const lines: string[] = [];
  let rest = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (piece: string) => {
    const parts = (rest + piece).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  return lines;
}

function readEntry(line: string): LogEntry {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- pino writes these
    return JSON.parse(line) as LogEntry;
  } catch {
    return { level: 0, msg: line };
  }
}

function readListeners(lines: readonly string[]): TestServer["listeners"] {
  return lines.flatMap((line) => {
    const parts = /^listening (?<name>\S+) \[?(?<host>[^\]]+?)\]?:(?<port>\d+)$/.exec(line)?.groups;
    if (parts === undefined) return [];
    const { name = "", host = "", port } = parts;
    return [{ name, host, port: Number(port) }];
  });
}

/** JSON is YAML, too. */
function configurationText(configuration: Configuration): string {
  if (typeof configuration === "string") return configuration;
  const defaults = {
    hostname: "mail.example.org",
    listeners: { mx: { role: "mx", listen: ["127.0.0.1:0"] } },
    // It would ask the DNS of the world; whoever tests it names a server.
    authentication: { verify: false },
  };
  return `${JSON.stringify({ ...defaults, ...configuration }, null, 2)}\n`;
}
