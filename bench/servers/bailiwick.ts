// Bailiwick from this checkout, as an operator starts it: one configuration file, one process.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { greets, packageVersion, waitUntil } from "./server.ts";
import type { Workspace } from "../workspace.ts";
import type { Address, Availability, RunningServer, ServerDriver, StartRequest } from "./server.ts";

const checkout = fileURLToPath(new URL("../../", import.meta.url));
const program = join(checkout, "bin", "bailiwick");

export const bailiwick: ServerDriver = {
  name: "bailiwick",
  setup: "as it is delivered, embedded store on the same file system, limits on connections raised",
  connections: 20_000,
  availability,
  start: (request) => launch({ command: program, args: [] }, request.workspace, relaying(request)),
};

function availability(): Availability {
  if (!existsSync(program)) return { available: false, why: `${program} does not exist` };
  return { available: true, version: packageVersion(join(checkout, "package.json")) };
}

/** Started by another program, such as strace, that is given Bailiwick's command line after its own options. */
export async function startUnder(
  command: string,
  options: readonly string[],
  request: StartRequest,
): Promise<RunningServer> {
  const whole = { command, args: [...options, program] };
  return launch(whole, request.workspace, relaying(request));
}

/** From another checkout, which has its packages installed. */
export function bailiwickIn(folder: string): Pick<ServerDriver, "start"> {
  const command = join(folder, "bin", "bailiwick");
  return {
    start: (request) => launch({ command, args: [] }, request.workspace, relaying(request)),
  };
}

/** What stands in the configuration file; `data` is a folder of the server's own. */
type Configuration = (data: string) => string;

/** Fills the server's folder before it starts. */
type Prepare = (data: string) => Promise<void>;

/** With a configuration that has a listener named `mx` on 127.0.0.1. */
export async function startConfigured(
  workspace: Workspace,
  configuration: Configuration,
  prepare?: Prepare,
): Promise<RunningServer> {
  return launch({ command: program, args: [] }, workspace, configuration, prepare);
}

async function launch(
  { command, args }: { readonly command: string; readonly args: readonly string[] },
  workspace: Workspace,
  text: Configuration,
  prepare?: Prepare,
): Promise<RunningServer> {
  const folder = workspace.folder("bailiwick");
  const configuration = join(folder, "bailiwick.yaml");
  writeFileSync(configuration, text(join(folder, "data")));
  await prepare?.(join(folder, "data"));
  const start = ["start", "-c", configuration];
  const child = workspace.spawn({ command, args: [...args, ...start], cwd: folder });
  const address = await waitUntil(child, 30_000, () => announcedAddress(child.output()));
  await waitUntil(child, 5_000, () => greets(address));
  return {
    name: "bailiwick",
    address,
    rootPid: child.pid,
    log: () => child.output(),
    stop: () => child.stop(10_000),
  };
}

/** `start` names its listeners, one a line, and then says `ready`. */
function announcedAddress(output: string): Address | undefined {
  if (!/^ready$/m.test(output)) return undefined;
  const port = /^listening mx 127\.0\.0\.1:(\d+)/m.exec(output)?.[1];
  return port === undefined ? undefined : { host: "127.0.0.1", port: Number(port) };
}

function relaying({ sink }: StartRequest): Configuration {
  return (data) => `
hostname: bench.example
data: ${JSON.stringify(data)}
listeners:
  mx: { role: mx, listen: ["127.0.0.1:0"] }
relay:
  networks: ["127.0.0.0/8"]
routes:
  - { to: "*", via: "${sink.host}:${sink.port}" }
limits: { connections: 20000, connections-per-client: 20000, message-size: 25MB }
`;
}
