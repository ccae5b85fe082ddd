// How a host comes to its number among those that share a store.

import { mostNodes } from "../../../core/queue/ids.ts";
import type { Step } from "../engine.ts";
import { StoreError } from "../error.ts";
import { type MysqlPlace, namePlace } from "./place.ts";
import { lockName, takeLock } from "./locks.ts";
import { serverTime } from "./server-time.ts";
import type { Session } from "./session.ts";

/** Seconds for another host that is registering. */
const patience = 20;
/** Milliseconds without a heartbeat after which a host's number may be another's. */
const forgotten = 86_400_000;

export interface Registered {
  readonly number: number;
  readonly term: number;
}

interface NodeRow {
  readonly number: number;
  readonly name: string;
  readonly term: number;
  /** Milliseconds since its last heartbeat. */
  readonly silent: number;
  /** 1 where it has some. */
  readonly messages: number;
}

/**
 * Takes the host's lock, and the number that goes with its name: its own of before, a free one, or
 * that of a host that has been gone for long and has left nothing.
 * @throws {StoreError} `locked`
 */
export async function register(
  session: Session,
  place: MysqlPlace,
  name: string,
): Promise<Registered> {
  if (!(await hostLock(session, place, name))) {
    throw new StoreError({
      kind: "locked",
      message: `${namePlace(place)}: a server with the hostname ${name} is at work on it; give this one a hostname of its own, or stop the other one (one that was just cut off is forgotten after 40 s)`,
    });
  }
  const registry = lockName(place, "registry");
  if (!(await takeLock(session, registry, patience))) {
    throw new StoreError({
      kind: "unavailable",
      message: `${namePlace(place)}: other hosts are starting; try again later`,
    });
  }
  try {
    return await takeNumber(session, place, name);
  } finally {
    await session.execute({ sql: "select release_lock(?)", parameters: [registry] });
  }
}

/** Takes the lock of all hosts with that name; false where another one holds it. */
export function hostLock(session: Session, place: MysqlPlace, name: string): Promise<boolean> {
  return takeLock(session, lockName(place, `host ${name}`), 1);
}

async function takeNumber(session: Session, place: MysqlPlace, name: string): Promise<Registered> {
  const { rows: nodes } = await session.execute(listNodes);
  const own = nodes.find((node) => node.name === name);
  if (own !== undefined) return claim(session, own.number, name, own.term + 1);
  const free = Array.from({ length: mostNodes }, (_, number) => number).find((number) =>
    nodes.every((node) => node.number !== number),
  );
  if (free !== undefined) return claim(session, free, name, 1);
  const left = nodes.find(({ silent, messages }) => silent > forgotten && messages === 0);
  if (left !== undefined) return claim(session, left.number, name, left.term + 1);
  const names = nodes.map((node) => node.name).join(", ");
  throw new StoreError({
    kind: "locked",
    message: `${namePlace(place)}: it has room for ${mostNodes} hosts, and has them (${names}); one that is stopped makes room after a day`,
  });
}

const listNodes: Step<NodeRow> = {
  sql: `select n.number, n.name, n.term, ${serverTime} - n.heartbeat as silent,
    exists (select 1 from message m where m.node = n.number) as messages
    from node n order by n.number`,
  parameters: [],
};

async function claim(
  session: Session,
  number: number,
  name: string,
  term: number,
): Promise<Registered> {
  const put: Step = {
    sql: `replace into node (number, name, term, heartbeat)
      values (?, ?, ?, ${serverTime})`,
    parameters: [number, name, term],
  };
  await session.execute(put);
  return { number, term };
}
