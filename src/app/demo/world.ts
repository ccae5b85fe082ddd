// The stage of the demonstration: a real server with a data directory of its own, a mailbox, and
// the sink that plays the outside.

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatAddress } from "../../core/mail/address.ts";
import { formatProblem } from "../../core/config/problem.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { parseConfiguration } from "../../core/config/parse.ts";
import type { Endpoint, Settings } from "../../core/config/settings.ts";
import { systemClock } from "../../io/process/clock.ts";
import { connectOperations } from "../control.ts";
import { createFileLog } from "../log.ts";
import { controlPath } from "../operator.ts";
import { type RunningServer, startServer } from "../server/run.ts";
import { alice, busy, ourDomain } from "./scenes.ts";
import { type Sink, startSink } from "./sink.ts";

export interface World {
  readonly server: RunningServer;
  readonly endpoint: Endpoint;
  readonly sink: Sink;
  readonly settings: Settings;
  /** Messages in alice's mailbox. */
  mailCount(): Promise<number>;
  close(): Promise<void>;
}

/** The one address of the trusted network; every other one on loopback is a stranger's. */
export const trustedAddress = "127.0.0.1";

export async function createWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-demo-"));
  const sink = await startSink(formatAddress(busy));
  const settings = readSettings(folder, sink.endpoint, await freePort(2525));
  const server = await startServer({
    settings,
    readSettings: async () => settings,
    clock: systemClock,
    random: Math.random,
    log: createFileLog(join(folder, "log.json")),
    mxPort: 25,
  });
  const operations = await connectOperations(controlPath(settings));
  await operations?.accountAdd(alice, null);
  const endpoint = server.listeners[0]?.address ?? sink.endpoint;
  return {
    server,
    endpoint,
    sink,
    settings,
    async mailCount() {
      const inbox = join(settings.data, "mail", alice.domain, alice.local, "new");
      return (await readdir(inbox).catch(() => [])).length;
    },
    async close() {
      await server.stop();
      sink.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function readSettings(folder: string, sink: Endpoint, port: number): Settings {
  const text = `
hostname: mail.${ourDomain}
data: ./data
listeners: { mx: { role: mx, listen: ["127.0.0.1:${port}"] } }
relay: { networks: ["${trustedAddress}/32"] }
domains: { ${ourDomain}: { deliver: mailboxes } }
routes: [{ to: "*", via: "${formatEndpoint(sink)}" }]
queue: { retry: [2s] }
`;
  const read = parseConfiguration(text, { file: "demo", folder });
  if (!read.ok) throw new Error(read.problem.map(formatProblem).join("\n"));
  return read.value;
}

/** That port, if nobody has it; else 0, for any. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(0));
    probe.listen(wanted, "127.0.0.1", () => probe.close(() => resolve(wanted)));
  });
}
