// Messages a second, through each server in turn: A B C A B C, so that a slow minute of the machine hits all.
import type { Connections, Load } from "../load/source.ts";
import type { Throughput } from "../results.ts";
import { spread } from "../statistics.ts";
import { deliver } from "./delivery.ts";
import type { DeliveryTimes, Pair } from "./delivery.ts";

export interface ThroughputPlan {
  readonly connections: Connections;
  readonly sessions: number;
  readonly rounds: number;
  /** In each round; without it, as many as the server relays in `roundSeconds`. */
  readonly messages: number | undefined;
}

/** Long enough to be past the start, short enough that all of it ends in minutes. */
const roundSeconds = 3;
const octets = 4096;
const fewestMessages = 200;
const mostMessages = 30_000;

export async function measureThroughput(
  pairs: readonly Pair[],
  plan: ThroughputPlan,
): Promise<readonly Throughput[]> {
  const runs: { readonly pair: Pair; readonly load: Load; readonly times: DeliveryTimes[] }[] = [];
  for (const pair of pairs) {
    runs.push({ pair, load: await chooseLoad(pair, plan), times: [] });
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const { pair, load, times } of runs) times.push(await deliver(pair, load));
  }
  return runs.map(({ pair, load, times }) => ({
    server: pair.server.name,
    connections: load.connections,
    sessions: load.sessions,
    messages: load.messages,
    accept: spread(times.map((time) => load.messages / time.accept)),
    relay: spread(times.map((time) => load.messages / time.relay)),
  }));
}

/** Warms the server up on the way: the second trial runs for about a second. */
async function chooseLoad(pair: Pair, plan: ThroughputPlan): Promise<Load> {
  const { connections, sessions } = plan;
  const load = (messages: number): Load => ({ connections, sessions, messages, octets });
  const few = await trial(pair, load(fewestMessages));
  const second = await trial(pair, load(withinBounds(few)));
  return load(plan.messages ?? withinBounds(second * roundSeconds));
}

/** Messages relayed a second. */
async function trial(pair: Pair, load: Load): Promise<number> {
  const { relay } = await deliver(pair, load);
  return load.messages / relay;
}

function withinBounds(messages: number): number {
  const rounded = Math.round(messages / 100) * 100;
  return Math.min(mostMessages, Math.max(fewestMessages, rounded));
}
