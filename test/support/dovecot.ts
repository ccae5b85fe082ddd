// A Dovecot of the test's own: Debian's server with a configuration, a mail folder and loopback ports
// of its own. No system service and nothing below /etc is touched.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { runCommand } from "./command.ts";
import { dovecotConfiguration, type DovecotUser, dovecotUser } from "./dovecot-configuration.ts";
import { freePort } from "./free-port.ts";
import type { CommandResult, Endpoint } from "./server.ts";
import { waitUntil } from "./wait.ts";

export interface DovecotOptions {
  /** Passwords by address. */
  readonly users: Readonly<Record<string, string>>;
  /** Holds `DOMAIN/LOCALPART`, and must belong to `dovecotUser()`; by default a folder of its own. */
  readonly mailRoot?: string;
  /** More of dovecot.conf, behind the rest: a setting that stands there again is replaced. */
  readonly extra?: string;
}

export interface Dovecot {
  readonly imap: Endpoint;
  readonly pop3: Endpoint;
  readonly mailRoot: string;
  /** Holds dovecot.conf, `users`, `log` and `run`. */
  readonly folder: string;
  /** All that it has logged. */
  log(): Promise<string>;
  /** Runs `doveadm ARGUMENTS` with its configuration, as its user. */
  doveadm(...words: readonly string[]): Promise<CommandResult>;
  /** Ends it with all its processes, and waits for that. */
  stop(): Promise<void>;
}

/** Milliseconds that it has to end by itself. */
const patience = 5_000;

/** Debian keeps the server where only root's shell looks. */
const environment = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };

/** Why tests with Dovecot are skipped; false where it is installed with IMAP and POP3, and in CI. */
export async function whyNoDovecot(): Promise<string | false> {
  if (process.env["CI"] !== undefined) return false;
  const look =
    "PATH=$PATH:/usr/sbin:/sbin; command -v dovecot && test -e /usr/lib/dovecot/imap -a -e /usr/lib/dovecot/pop3";
  const { code } = await runCommand("sh", ["-c", look]);
  return code !== 0 && "dovecot-imapd and dovecot-pop3d are not installed";
}

/** Resolves when it takes connections; rejects with what it said where it does not start. It is gone
 * with all its files at the end. */
export async function startDovecot(
  cleanup: Cleanup,
  { users, mailRoot, extra = "" }: DovecotOptions,
): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-dovecot-"));
  let server: Server | undefined;
  cleanup.after(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const user = dovecotUser();
  const mail = join(folder, "mail");
  await mkdir(mail, { mode: 0o700 });
  const ports = { imapPort: await freePort(), pop3Port: await freePort() };
  const settings = { folder, mailRoot: mailRoot ?? mail, user, ...ports };
  await writeFile(join(folder, "dovecot.conf"), `${dovecotConfiguration(settings)}\n${extra}\n`);
  await writeFile(join(folder, "users"), userTable(users), { mode: 0o600 });
  await writeFile(join(folder, "log"), "");
  await chmod(folder, 0o711); // the mail folder can be reached, the rest is nobody else's
  for (const name of ["", "mail", "dovecot.conf", "users", "log"]) {
    await chown(join(folder, name), user.userId, user.groupId);
  }
  server = new Server(settings);
  await server.start();
  return server;
}

/** A passwd-file: user, password, and six fields that the userdb answers instead. */
function userTable(users: Readonly<Record<string, string>>): string {
  return Object.entries(users)
    .map(([user, password]) => `${user}:{PLAIN}${password}::::::\n`)
    .join("");
}

class Server implements Dovecot {
  readonly imap: Endpoint;
  readonly pop3: Endpoint;
  readonly folder: string;
  readonly mailRoot: string;
  readonly #user: DovecotUser;
  #process: ChildProcess | undefined;

  constructor(settings: Parameters<typeof dovecotConfiguration>[0]) {
    this.folder = settings.folder;
    this.mailRoot = settings.mailRoot;
    this.imap = { host: "127.0.0.1", port: settings.imapPort };
    this.pop3 = { host: "127.0.0.1", port: settings.pop3Port };
    this.#user = settings.user;
  }

  async start(): Promise<void> {
    const child = spawn("dovecot", ["-F", ...this.#configuration()], {
      ...this.#surroundings(),
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = child;
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.once("error", (error) => (said += error.message));
    await waitUntil("Dovecot takes connections", async () => {
      if (isOver(child)) throw new Error(`Dovecot did not start:\n${said}${await this.log()}`);
      return (await greets(this.imap)) && greets(this.pop3);
    });
  }

  log(): Promise<string> {
    return readFile(join(this.folder, "log"), "utf8");
  }

  doveadm(...words: readonly string[]): Promise<CommandResult> {
    const { promise, resolve } = Promise.withResolvers<CommandResult>();
    const all = [...this.#configuration(), ...words];
    execFile("doveadm", all, this.#surroundings(), (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : null;
      resolve({
        code: error === null ? 0 : code,
        stdout,
        stderr: stderr || (error?.message ?? ""),
      });
    });
    return promise;
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || isOver(child)) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const impatient = setTimeout(() => child.kill("SIGKILL"), patience);
    await ended;
    clearTimeout(impatient);
  }

  #configuration(): readonly string[] {
    return ["-c", join(this.folder, "dovecot.conf")];
  }

  #surroundings() {
    const { userId: uid, groupId: gid } = this.#user;
    return { uid, gid, cwd: this.folder, env: environment };
  }
}

function isOver({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

/** Whether a login process stands behind a port: the port is open before. */
async function greets({ host, port }: Endpoint): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, "data");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
