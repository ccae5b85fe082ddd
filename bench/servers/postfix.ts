// Postfix from Debian's package, as an instance of its own: configuration, spool and ports are the
// bench's. Tuned as somebody who knows it would tune a relay for this load.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputOf } from "../workspace.ts";
import { freePort } from "../../test/support/free-port.ts";
import { greets, waitUntil } from "./server.ts";
import type { Address, Availability, RunningServer, ServerDriver, StartRequest } from "./server.ts";

const processLimit = 100;

export const postfix: ServerDriver = {
  name: "postfix",
  setup:
    `${processLimit} processes for each service, spool on the same file system, no reverse look-ups of clients, ` +
    "no input flow control, no shared connection cache, logs to a file",
  connections: processLimit,
  availability,
  start: (request) => startPostfix(request),
};

function availability(): Availability {
  if (process.getuid?.() !== 0) return { available: false, why: "needs root to start" };
  const version = outputOf("postconf", ["-d", "-h", "mail_version"]);
  return version === undefined
    ? { available: false, why: "not installed (Debian package postfix)" }
    : { available: true, version };
}

/** @param changes to the tuned parameters, for servers that are not there to be measured.
 * @param services more lines of master.cf.
 * @param under words of a command that runs it, with Postfix's own behind. */
export async function startPostfix(
  { workspace, sink }: StartRequest,
  changes: Readonly<Record<string, string>> = {},
  services: readonly string[] = [],
  under: readonly string[] = [],
): Promise<RunningServer> {
  const configuration = workspace.folder("postfix-configuration");
  const logFile = join(workspace.folder("postfix-log"), "mail.log");
  const address: Address = { host: "127.0.0.1", port: await freePort() };
  const directories = {
    queue_directory: workspace.folder("postfix-queue"),
    data_directory: workspace.folder("postfix-data"),
  };
  outputOf("chown", ["postfix", directories.data_directory]);
  const files = { ...directories, maillog_file: logFile };
  const parameters = { ...tuning, ...files, relayhost: hop(sink), ...changes };
  writeFileSync(join(configuration, "main.cf"), mainCf(parameters));
  writeFileSync(
    join(configuration, "master.cf"),
    masterCf(address) + services.map((line) => `${line}\n`).join(""),
  );
  const [command, ...args] = [...under, "postfix", "-c", configuration, "start-fg"];
  const child = workspace.spawn({ command, args });
  await waitUntil(child, 20_000, () => greets(address));
  return {
    name: "postfix",
    address,
    rootPid: child.pid,
    log: () => child.output() + (outputOf("tail", ["-n", "50", logFile]) ?? ""),
    stop: () => child.stop(10_000),
  };
}

const tuning = {
  compatibility_level: "3.6",
  maillog_file_prefixes: "/",
  myhostname: "bench.example",
  mydestination: "",
  mynetworks: "127.0.0.0/8",
  inet_interfaces: "loopback-only",
  inet_protocols: "ipv4",
  smtpd_relay_restrictions: "permit_mynetworks, reject",
  alias_maps: "",
  local_recipient_maps: "",
  default_process_limit: String(processLimit),
  smtpd_client_connection_count_limit: String(processLimit),
  message_size_limit: "26214400",
  mailbox_size_limit: "0",
  smtputf8_enable: "no",
  smtpd_tls_security_level: "none",
  smtp_tls_security_level: "none",
  // A relay for known clients asks no name server about them, nor about its smart host.
  smtpd_peername_lookup: "no",
  smtp_dns_support_level: "disabled",
  smtp_host_lookup: "native",
  // The default slows senders down while the queue grows: measured, it lowers both rates.
  in_flow_delay: "0",
  // With a next hop this near, a new connection costs less than asking scache for an old one: measured.
  smtp_connection_cache_on_demand: "no",
} as const;

function hop(sink: Address): string {
  return `[${sink.host}]:${sink.port}`;
}

function mainCf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

/** The services of Debian's master.cf that relaying needs; none in a chroot, which would need copies of files. */
function masterCf({ host, port }: Address): string {
  return `
${host}:${port} inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
error     unix - - n - - error
retry     unix - - n - - error
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`;
}
