// The server that most faults are tried on: it relays for loopback, all of it to one host, and tries
// again after a second.

import type { Cleanup } from "../../support/cleanup.ts";
import { startBailiwick, type StartOptions, type TestServer } from "../../support/server.ts";
import { waitUntil } from "../../support/wait.ts";

export type Section = Readonly<Record<string, unknown>>;

export interface RelayOptions extends Omit<StartOptions, "configuration"> {
  /** `HOST:PORT` that takes the mail; without it a port that nobody listens on. */
  readonly via?: string;
  readonly limits?: Section;
  /** Other keys of the configuration. */
  readonly more?: Section;
}

/** Port 1 (tcpmux) is free wherever these tests run: a connection is refused at once. */
const nobody = "127.0.0.1:1";

export function relayConfiguration({
  via = nobody,
  limits = {},
  more = {},
}: RelayOptions): Section {
  return {
    relay: { networks: ["127.0.0.0/8"] },
    routes: [{ to: "*", via }],
    limits: { "connections-per-client": 1000, connections: 1000, ...limits },
    queue: { retry: ["1s"] },
    ...more,
  };
}

export function startRelay(cleanup: Cleanup, options: RelayOptions): Promise<TestServer> {
  return startBailiwick(cleanup, { ...options, configuration: relayConfiguration(options) });
}

/** Waits until nothing waits in the queue. */
export function untilDrained(server: TestServer, milliseconds?: number): Promise<true> {
  return waitUntil(
    "the queue is empty",
    async () => (await queueLength(server)) === 0,
    milliseconds,
  );
}

export async function queueLength(server: TestServer): Promise<number> {
  const { code, stdout, stderr } = await server.run("queue", "list", "--json");
  if (code !== 0) throw new Error(`queue list: ${stderr}`);
  // A line for each message.
  return stdout.split("\n").length - 1;
}
