// What this machine allows any relay on Node: the reference beside which the figures can be judged.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { waitUntil } from "./server.ts";
import type { RunningServer, ServerDriver, StartRequest } from "./server.ts";

const program = join(fileURLToPath(new URL("../load/", import.meta.url)), "bare-relay.ts");

export const bare: ServerDriver = {
  name: "bare",
  setup:
    "no mail server: fixed replies from a bare Node socket, nothing checked, nothing kept, each message handed on; the ceiling for any relay in one Node process",
  connections: 20_000,
  availability: () => ({ available: true, version: process.version }),
  start,
};

async function start({ workspace, sink }: StartRequest): Promise<RunningServer> {
  const child = workspace.spawn({
    command: process.execPath,
    args: [program, String(sink.port)],
    cwd: workspace.folder("bare"),
  });
  const port = await waitUntil(child, 10_000, () => announcedPort(child.output()));
  return {
    name: "bare",
    address: { host: "127.0.0.1", port },
    rootPid: child.pid,
    log: () => child.output(),
    stop: () => child.stop(2_000),
  };
}

function announcedPort(output: string): number | undefined {
  const line = /^\{.*\}$/m.exec(output)?.[0];
  return line === undefined ? undefined : z.object({ port: z.int() }).parse(JSON.parse(line)).port;
}
