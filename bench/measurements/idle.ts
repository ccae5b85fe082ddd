// Memory that a server spends on connections that have said EHLO and then nothing.
import { setTimeout as delay } from "node:timers/promises";
import { startIdleClients } from "../load/idle.ts";
import { memoryInUse, processTree } from "../processes.ts";
import type { Idle } from "../results.ts";
import type { RunningServer } from "../servers/server.ts";

/** On a server that was just started. `counts` ascend. */
export async function measureIdle(
  server: RunningServer,
  counts: readonly number[],
): Promise<readonly Idle[]> {
  // The clients' process starts first: it may share pages with the server, which PSS would notice.
  const clients = startIdleClients(server.address);
  try {
    await clients.open(1);
    const memoryBefore = await settledMemory(server);
    const found: Idle[] = [];
    for (const connections of counts) {
      await clients.open(1 + connections);
      const memoryAfter = await settledMemory(server);
      found.push({ server: server.name, connections, memoryBefore, memoryAfter });
    }
    return found;
  } finally {
    await clients.close();
  }
}

const intervalMs = 1_000;
const mostSamples = 15;

/** Memory once it has changed by less than 1% within a second, or after 15 seconds anyway. */
async function settledMemory(server: RunningServer): Promise<number> {
  let before = 0;
  for (let sample = 0; sample < mostSamples; sample += 1) {
    await delay(intervalMs);
    const now = memoryInUse(processTree(server.rootPid));
    if (sample >= 2 && Math.abs(now - before) < now / 100) return now;
    before = now;
  }
  return before;
}
