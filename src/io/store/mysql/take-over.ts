// Takes over the messages of hosts that are gone. The host's row is held meanwhile: should it have
// been heard again, nothing is taken from it any more; and with its new term it learns what it lost.

import { mostNodes, nodeOf } from "../../../core/queue/ids.ts";
import type { SilentNodes } from "../../../core/queue/silent-nodes.ts";
import type { Engine, Step } from "../engine.ts";
import { dropArrivals } from "../messages/body.ts";
import { dissolveLine } from "../messages/dissolve.ts";
import type { TakenOver } from "../sharing.ts";
import { step } from "../template.ts";

/** Messages in one transaction. */
const pageLength = 1_000;

interface Host {
  readonly number: number;
  readonly name: string;
  readonly heartbeat: number;
  /** 1 where it has messages, or halves of some. */
  readonly has_any: number;
}

/** @param own this host's number */
export async function takeOver(
  engine: Engine,
  own: number,
  silent: SilentNodes,
): Promise<readonly TakenOver[]> {
  const [{ rows }] = await engine.run([findOthers(own)]);
  const taken: TakenOver[] = [];
  for (const host of silent.look(rows)) {
    if (host.has_any === 0) continue;
    const messages = await takeFrom(engine, host, own);
    // Should it come back in the middle of one, it finds that it has lost it (messages/keep.ts).
    await dropArrivals(engine, (id) => nodeOf(id) === host.number);
    await endLines(engine, host);
    if (messages > 0) taken.push({ host: host.name, messages });
  }
  return taken;
}

async function takeFrom(engine: Engine, from: Host, own: number): Promise<number> {
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

function findOthers(own: number): Step<Host> {
  return {
    sql: `select number, name, heartbeat,
        (exists (select 1 from message where message.node = node.number)
          or exists (select 1 from arrival where arrival.message % ${mostNodes} = node.number)
          or exists (select 1 from destination where destination.node = node.number))
          as has_any
      from node where number <> ?`,
    parameters: [own],
  };
}

/** Its lines are no more: whether their destinations can be reached, this host finds out for itself. */
async function endLines(engine: Engine, { number }: Host): Promise<void> {
  const [{ rows }] = await engine.run([
    step(
      engine.queries
        .selectFrom("destination")
        .select(["number", "clock"])
        .where("node", "=", number),
    ),
  ]);
  for (const line of rows) {
    await dissolveLine(engine, line.number, line.clock);
    await engine.run([
      step(engine.queries.deleteFrom("destination").where("number", "=", line.number)),
    ]);
  }
}

function stillGone({ number, heartbeat }: Host): Step {
  return {
    sql: "select term from node where number = ? and heartbeat = ?",
    parameters: [number, heartbeat],
    guard: true,
  };
}

function newTerm({ number }: Host): Step {
  return { sql: "update node set term = term + 1 where number = ?", parameters: [number] };
}

function takePage({ number }: Host, own: number): Step {
  return {
    sql: `update message set node = ? where node = ? order by id limit ${pageLength}`,
    parameters: [own, number],
  };
}
