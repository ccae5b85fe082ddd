// A MariaDB of the test's own: Debian's server in a temporary folder, on a Unix socket and a loopback
// port, with nobody's data in it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { freePort } from "./free-port.ts";
import { findUser } from "../../src/io/process/user.ts";
import type { Cleanup } from "./cleanup.ts";
import { runCommand, whyMissing } from "./command.ts";
import { waitUntil } from "./wait.ts";

export interface MariaDb {
  readonly socket: string;
  readonly host: "127.0.0.1";
  readonly port: number;
  /** As root, who has no password; several statements may stand in one text.
   * @param database must exist */
  query(sql: string, database?: string): Promise<readonly RowDataPacket[]>;
  /** Ends the server and waits for that. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same data, socket and port. */
  start(): Promise<void>;
  /** Stops it in its tracks: it takes connections and says nothing. */
  pause(): void;
  resume(): void;
}

/** Why tests with MariaDB are skipped; false where it is installed, and in CI. */
export async function whyNoMariaDb(): Promise<string | false> {
  return (await whyMissing("mariadbd")) || whyMissing("mariadb-install-db");
}

export interface MariaDbOptions {
  /** Every commit is on disk before it is answered, as it must be where mail is kept. Else it may be
   * lost when the server is killed, which is quicker. */
  readonly isDurable?: boolean;
  /** More options for the server. */
  readonly options?: readonly string[];
}

/** Starts an empty server, which takes a few seconds; it is gone with all its data at the end. */
export async function startMariaDb(t: Cleanup, options: MariaDbOptions = {}): Promise<MariaDb> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-mariadb-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const server = new Server(folder, await freePort(), options);
  t.after(() => server.stop("SIGKILL"));
  await server.install();
  await server.start();
  return server;
}

const durable = ["--innodb-flush-log-at-trx-commit=1"];
const quick = [
  "--innodb-flush-log-at-trx-commit=0",
  "--innodb-flush-method=nosync",
  "--skip-innodb-doublewrite",
  "--skip-innodb-file-per-table",
];

/** Whether all threads of a process have been stopped. */
function isStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) =>
    /^State:\tT/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8")),
  );
}

class Server implements MariaDb {
  readonly host = "127.0.0.1";
  readonly socket: string;
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  readonly #log: string;
  readonly #temporary: string;
  #process: ChildProcess | undefined;

  constructor(folder: string, port: number, { isDurable = false, options = [] }: MariaDbOptions) {
    this.#folder = folder;
    this.#options = [...(isDurable ? durable : quick), ...options];
    this.socket = join(folder, "socket");
    this.#log = join(folder, "log");
    this.#temporary = join(folder, "tmp");
    this.port = port;
  }

  async install(): Promise<void> {
    await writeFile(this.#log, "");
    await mkdir(this.#temporary);
    if (identity !== undefined) {
      const { userId, groupId } = findUser(identity);
      for (const path of [this.#folder, this.#log, this.#temporary]) {
        // oxlint-disable-next-line no-await-in-loop
        await chown(path, userId, groupId);
      }
    }
    const { code, stdout, stderr } = await runCommand("mariadb-install-db", [
      ...this.#common(),
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ]);
    if (code !== 0) throw new Error(`mariadb-install-db failed: ${stdout}${stderr}`);
  }

  async start(): Promise<void> {
    const child = spawn(
      "mariadbd",
      [
        ...this.#common(),
        `--socket=${this.socket}`,
        `--port=${this.port}`,
        `--bind-address=${this.host}`,
        `--pid-file=${join(this.#folder, "pid")}`,
        `--log-error=${this.#log}`,
        "--skip-name-resolve",
        "--skip-log-bin",
        "--innodb-buffer-pool-size=8M",
        ...this.#options,
      ],
      { stdio: "ignore" },
    );
    this.#process = child;
    child.once("error", () => {});
    await waitUntil("MariaDB answers", async () => {
      if (child.exitCode !== null || child.pid === undefined) {
        throw new Error(`mariadbd did not start: ${await readFile(this.#log, "utf8")}`);
      }
      return this.query("SELECT 1").then(
        () => true,
        () => false,
      );
    });
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGCONT");
    child.kill(signal);
    await ended;
  }

  pause(): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    process.kill(pid, "SIGSTOP");
    // On a busy machine it answers for a while before it feels the signal.
    let isAtWork = true;
    while (isAtWork) isAtWork = !isStopped(pid);
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  async query(sql: string, database?: string): Promise<readonly RowDataPacket[]> {
    const connection = await createConnection({
      socketPath: this.socket,
      user: "root",
      multipleStatements: true,
      ...(database !== undefined && { database }),
    });
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      return rows;
    } finally {
      connection.destroy();
    }
  }

  #common(): readonly string[] {
    return [
      "--no-defaults", // must stand first
      // Whoever starts clears this of what it takes for its own leftovers.
      `--tmpdir=${this.#temporary}`,
      `--datadir=${join(this.#folder, "data")}`,
      "--innodb-log-file-size=4M",
      ...(identity === undefined ? [] : [`--user=${identity}`]),
    ];
  }
}

/** It refuses to run as root; Debian's package brings a user of its own. */
const identity = process.getuid?.() === 0 ? "mysql" : undefined;
