// The order of a comparison: which servers run when, and what is measured with them.
import { openFilesLimit } from "./machine.ts";
import { measureIdle } from "./measurements/idle.ts";
import { measureLarge } from "./measurements/large.ts";
import { measureThroughput } from "./measurements/throughput.ts";
import { type Pair, startPair, stopPair } from "./measurements/delivery.ts";
import type { Options } from "./options.ts";
import type { Idle, Large, Throughput } from "./results.ts";
import type { ServerDriver } from "./servers/server.ts";
import type { Workspace } from "./workspace.ts";

export interface Comparison {
  readonly workspace: Workspace;
  readonly drivers: readonly ServerDriver[];
  readonly options: Options;
  /** Says what comes next: a run takes minutes. */
  readonly progress: (text: string) => void;
}

const idleCounts = [1_000, 10_000];
/** Files that a server has open besides its connections. */
const otherFiles = 500;

/** All servers run side by side, so that their rounds can take turns; each has a sink of its own. */
export async function compareThroughput(comparison: Comparison): Promise<readonly Throughput[]> {
  const { drivers, options, progress } = comparison;
  const pairs: Pair[] = [];
  const found: Throughput[] = [];
  try {
    for (const driver of drivers) pairs.push(await startPair(comparison.workspace, driver));
    for (const connections of ["one each", "kept"] as const) {
      for (const sessions of options.sessions) {
        progress(`throughput: connections ${connections}, ${sessions} clients`);
        const { rounds, messages } = options;
        found.push(
          ...(await measureThroughput(pairs, { connections, sessions, rounds, messages })),
        );
      }
    }
  } finally {
    for (const pair of pairs) await stopPair(pair);
  }
  return found;
}

export async function compareIdle(comparison: Comparison): Promise<readonly Idle[]> {
  const found: Idle[] = [];
  for (const driver of comparison.drivers) {
    const counts = idleCountsFor(driver);
    comparison.progress(`idle connections: ${driver.name}, ${counts.join(" and ")}`);
    const measured = await withPair(comparison.workspace, driver, (pair) =>
      measureIdle(pair.server, counts),
    );
    found.push(...measured);
  }
  return found;
}

export async function compareLarge(comparison: Comparison): Promise<readonly Large[]> {
  const found: Large[] = [];
  for (const driver of comparison.drivers) {
    comparison.progress(`large message: ${driver.name}`);
    const measured = await withPair(comparison.workspace, driver, (pair) =>
      measureLarge(pair, comparison.options.rounds),
    );
    found.push(measured);
  }
  return found;
}

/** A server that holds fewer connections, by its processes or by the open files allowed, holds what it can. */
function idleCountsFor(driver: ServerDriver): readonly number[] {
  // One connection is open before the first measurement.
  const most = Math.min(driver.connections - 1, openFilesLimit() - otherFiles);
  const possible = idleCounts.filter((count) => count <= most);
  return possible.length > 0 ? possible : [most];
}

async function withPair<T>(
  workspace: Workspace,
  driver: ServerDriver,
  use: (pair: Pair) => Promise<T>,
): Promise<T> {
  const pair = await startPair(workspace, driver);
  try {
    return await use(pair);
  } finally {
    await stopPair(pair);
  }
}
