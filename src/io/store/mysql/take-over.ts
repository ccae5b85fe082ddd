// Takes over the messages of hosts that are gone. The host's row is held meanwhile: should it have
// been heard again, nothing is taken from it any more; and with its new term it learns what it lost.

import { mostNodes, nodeOf } from "../../../core/queue/ids.ts";
import type { Engine, Step } from "../engine.ts";
import { dropArrivals } from "../messages/body.ts";
import type { TakenOver } from "../sharing.ts";
import { serverTime } from "./server-time.ts";

/** Milliseconds without a heartbeat after which a host is taken to be gone. */
const gone = 60_000;

/** Messages in one transaction. */
const pageLength = 1_000;

interface Gone {
  readonly number: number;
  readonly name: string;
}

/** @param own this host's number */
export async function takeOver(engine: Engine, own: number): Promise<readonly TakenOver[]> {
  const [{ rows }] = await engine.run([findGone(own)]);
  const taken: TakenOver[] = [];
  for (const { number, name } of rows) {
    const messages = await takeFrom(engine, number, own);
    // Should it come back in the middle of one, it finds that it has lost it (messages/keep.ts).
    await dropArrivals(engine, (id) => nodeOf(id) === number);
    if (messages > 0) taken.push({ host: name, messages });
  }
  return taken;
}

async function takeFrom(engine: Engine, from: number, own: number): Promise<number> {
  for (let taken = 0; ;) {
    const [, , { changes }] = await engine.run([
      stillGone(from),
      newTerm(from),
      takePage(from, own),
    ]);
    taken += changes;
    if (changes < pageLength) return taken;
  }
}

function findGone(own: number): Step<Gone> {
  return {
    sql: `select number, name from node where number <> ? and heartbeat < ${serverTime} - ${gone}
      and (exists (select 1 from message where message.node = node.number)
        or exists (select 1 from arrival where arrival.message % ${mostNodes} = node.number))`,
    parameters: [own],
  };
}

function stillGone(from: number): Step {
  return {
    sql: `select term from node where number = ? and heartbeat < ${serverTime} - ${gone}`,
    parameters: [from],
    guard: true,
  };
}

function newTerm(from: number): Step {
  return { sql: "update node set term = term + 1 where number = ?", parameters: [from] };
}

function takePage(from: number, own: number): Step {
  return {
    sql: `update message set node = ? where node = ? order by id limit ${pageLength}`,
    parameters: [own, from],
  };
}
