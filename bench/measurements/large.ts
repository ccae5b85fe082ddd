// One message just below the limit of 25 MB: its time through the server and the memory that it takes.
import { peakMemory, processTree, resetPeak } from "../processes.ts";
import type { Large } from "../results.ts";
import { spread } from "../statistics.ts";
import { deliver } from "./delivery.ts";
import type { DeliveryTimes, Pair } from "./delivery.ts";

/** Headers included it stays below 26,214,400, which is 25 MB for every server here. */
const octets = 26_000_000;

/** On a server that was just started: peaks of earlier work would hide this one's. */
export async function measureLarge(pair: Pair, rounds: number): Promise<Large> {
  const pids = () => processTree(pair.server.rootPid);
  await deliver(pair, { connections: "one each", sessions: 1, messages: 20, octets: 4096 });
  resetPeak(pids());
  const memoryBefore = peakMemory(pids());
  const times: DeliveryTimes[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push(await deliver(pair, { connections: "one each", sessions: 1, messages: 1, octets }));
  }
  return {
    server: pair.server.name,
    octets,
    accept: spread(times.map((time) => time.accept)),
    relay: spread(times.map((time) => time.relay)),
    memoryBefore,
    memoryPeak: peakMemory(pids()),
  };
}
