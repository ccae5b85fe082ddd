// The processor time that a message costs this checkout and another, such as one of an earlier commit:
// both run side by side and take turns, for what the machine gives differs from one minute to the next.
import { processorTime, processTree } from "../processes.ts";
import type { Connections, Load } from "../load/source.ts";
import { bailiwick, bailiwickIn } from "../servers/bailiwick.ts";
import { type Spread, spread } from "../statistics.ts";
import type { Workspace } from "../workspace.ts";
import { deliver, type Pair, startPair, stopPair } from "./delivery.ts";

export interface ProcessorPlan {
  /** The folder of the other checkout. */
  readonly against: string;
  readonly sessions: readonly number[];
  readonly rounds: number;
  /** In each round. */
  readonly messages: number | undefined;
}

interface Costs {
  /** Microseconds of processor time for each message, all threads together. */
  readonly processor: Spread;
  /** Messages relayed a second. */
  readonly relay: Spread;
}

export interface ProcessorResult {
  readonly connections: Connections;
  readonly sessions: number;
  readonly here: Costs;
  readonly there: Costs;
}

const octets = 4096;
/** Until most of the code is optimized. */
const warmUp = 12_000;

export async function measureProcessor(
  workspace: Workspace,
  plan: ProcessorPlan,
): Promise<readonly ProcessorResult[]> {
  const pairs: Pair[] = [];
  const results: ProcessorResult[] = [];
  try {
    for (const driver of [bailiwick, bailiwickIn(plan.against)]) {
      pairs.push(await startPair(workspace, driver));
    }
    for (const pair of pairs) {
      await deliver(pair, { connections: "one each", sessions: 20, messages: warmUp, octets });
    }
    for (const connections of ["one each", "kept"] as const) {
      for (const sessions of plan.sessions) {
        const messages = plan.messages ?? (sessions === 1 ? 1_000 : 3_000);
        const load: Load = { connections, sessions, messages, octets };
        const [ours, theirs] = await takeTurns(pairs, load, plan.rounds);
        if (ours && theirs) results.push({ connections, sessions, here: ours, there: theirs });
      }
    }
  } finally {
    for (const pair of pairs) await stopPair(pair);
  }
  return results;
}

async function takeTurns(
  pairs: readonly Pair[],
  load: Load,
  rounds: number,
): Promise<readonly Costs[]> {
  const seen = pairs.map((pair) => ({ pair, processor: [] as number[], relay: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    // Nobody is always the one who comes second.
    for (const one of round % 2 === 0 ? seen : seen.toReversed()) {
      const spent = () => processorTime(processTree(one.pair.server.rootPid));
      const before = spent();
      const { relay } = await deliver(one.pair, load);
      one.processor.push(((spent() - before) * 1e6) / load.messages);
      one.relay.push(load.messages / relay);
    }
  }
  return seen.map(({ processor, relay }) => ({
    processor: spread(processor),
    relay: spread(relay),
  }));
}
