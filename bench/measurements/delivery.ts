// One load through one server: how long until the last 250, and until the sink has it all.
import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { send } from "../load/source.ts";
import type { Load } from "../load/source.ts";
import { type Sink, startSink } from "../load/sink.ts";
import type { RunningServer, ServerDriver } from "../servers/server.ts";
import type { Workspace } from "../workspace.ts";

/** A running server and the sink that only it delivers to. */
export interface Pair {
  readonly workspace: Workspace;
  readonly server: RunningServer;
  readonly sink: Sink;
}

export async function startPair(
  workspace: Workspace,
  { start }: Pick<ServerDriver, "start">,
): Promise<Pair> {
  const sink = await startSink(workspace);
  const server = await start({ workspace, sink: sink.address });
  return { workspace, server, sink };
}

export async function stopPair({ server, sink }: Pair): Promise<void> {
  await server.stop();
  await sink.stop();
}

/** In seconds. */
export interface DeliveryTimes {
  readonly accept: number;
  readonly relay: number;
}

const timeoutMs = 180_000;
/** Queue files are removed after the last message has left: let that not fall into the next round. */
const restMs = 200;

/** Throws, with the server's log, when a message was refused, lost, late or delivered twice. */
export async function deliver(pair: Pair, load: Load): Promise<DeliveryTimes> {
  const { workspace, server, sink } = pair;
  // What the server before has left for the disk to write is not this one's burden.
  spawnSync("sync");
  const expected = sink.received() + load.messages;
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const [accept, relay] = await Promise.all([
    send(workspace, server.address, load, timeoutMs).then(seconds),
    sink.waitFor(expected, timeoutMs).then(seconds),
  ]).catch((error: unknown) => {
    throw failure(server, String(error));
  });
  await delay(restMs);
  if (sink.received() !== expected) {
    const missing = expected - sink.received();
    throw failure(server, `the sink misses ${missing} messages`);
  }
  return { accept, relay };
}

/** With the end of the server's log, which says more than any client can. */
function failure(server: RunningServer, what: string): Error {
  return new Error(`${server.name}: ${what}; its log ends:\n${server.log().slice(-4_000)}`);
}
