// Haraka, the other mail server on Node.js, from npm and outside this project's dependencies. Messages
// take its durable way: synced to the disk queue of its outbound before the 250, delivered from there.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { greets, packageVersion, waitUntil } from "./server.ts";
import type { Address, Availability, RunningServer, ServerDriver, StartRequest } from "./server.ts";

export const haraka: ServerDriver = {
  name: "haraka",
  setup:
    "a worker for each core, outbound disk queue on the same file system, 1,000 deliveries at once, " +
    "no reverse look-ups of clients, no plugin but the one that allows relaying, logs at warn",
  connections: 20_000,
  availability,
  start,
};

/** Takes minutes at most. Returns whether npm succeeded; it has said why if not. */
export function installHaraka(): boolean {
  const folder = harakaFolder();
  mkdirSync(folder, { recursive: true });
  const args = ["install", "Haraka@3.3.4", "--prefix", folder, "--omit=dev", "--no-audit"];
  const { status } = spawnSync("npm", args, { stdio: "inherit", timeout: 300_000 });
  if (status === 0) console.log(`Haraka is in ${folder}`);
  return status === 0;
}

/** A cache of the user's, kept between runs. */
function harakaFolder(): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cache, "bailiwick-bench", "haraka");
}

function programFolder(): string {
  return join(harakaFolder(), "node_modules", "Haraka");
}

function availability(): Availability {
  const manifest = join(programFolder(), "package.json");
  if (!existsSync(manifest)) return { available: false, why: "not installed (--install-haraka)" };
  return { available: true, version: packageVersion(manifest) };
}

async function start({ workspace, sink }: StartRequest): Promise<RunningServer> {
  const folder = workspace.folder("haraka");
  const address: Address = { host: "127.0.0.1", port: await freePort() };
  cpSync(join(programFolder(), "config"), join(folder, "config"), { recursive: true });
  for (const name of ["plugins", "queue"]) mkdirSync(join(folder, name));
  for (const [name, text] of Object.entries(files(address, sink))) {
    writeFileSync(join(folder, name), text);
  }
  const child = workspace.spawn({
    command: process.execPath,
    args: [join(programFolder(), "bin", "haraka"), "-c", folder],
    cwd: folder,
  });
  await waitUntil(child, 20_000, () => greets(address));
  return {
    name: "haraka",
    address,
    rootPid: child.pid,
    log: () => child.output(),
    stop: () => child.stop(2_000),
  };
}

function files(address: Address, sink: Address): Readonly<Record<string, string>> {
  const exchange = JSON.stringify({ exchange: sink.host, port: sink.port, priority: 0 });
  return {
    "config/me": "bench.example\n",
    "config/smtp.ini": `listen=${address.host}:${address.port}\nnodes=cpus\n`,
    "config/outbound.ini": "concurrency_max=1000\nenable_tls=false\nlocal_mx_ok=true\n",
    "config/log.ini": "[main]\nlevel=warn\n",
    "config/plugins": "bench_relay\n",
    "plugins/bench_relay.js": `
exports.hook_lookup_rdns = (next) => next(OK, "client.bench.example");
exports.hook_connect = (next, connection) => { connection.relaying = true; next(); };
exports.hook_rcpt = (next) => next(OK);
exports.hook_get_mx = (next) => next(OK, ${exchange});
`,
  };
}
