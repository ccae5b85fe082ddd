// How a host comes to its number among those that share a store.

import { createHash } from "node:crypto";
import { mostNodes } from "../../../core/queue/ids.ts";
import type { Step } from "../engine.ts";
import { StoreError } from "../error.ts";
import { type MysqlPlace, namePlace } from "./place.ts";
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

async function takeLock(session: Session, lock: string, seconds: number): Promise<boolean> {
  const { rows } = await session.execute({
    sql: "select get_lock(?, ?) as taken",
    parameters: [lock, seconds],
  });
  const [row] = rows as readonly { readonly taken: number | null }[];
  return row?.taken === 1;
}

/** Locks are the server's, not a database's, and their names have at most 64 characters. */
function lockName({ database }: MysqlPlace, what: string): string {
  const digest = createHash("sha256").update(`${database}\0${what}`).digest("hex");
  return `bailiwick ${digest.slice(0, 32)}`;
}

async function takeNumber(session: Session, place: MysqlPlace, name: string): Promise<Registered> {
  const { rows } = await session.execute({ sql: listNodes, parameters: [] });
  const nodes = rows as readonly NodeRow[];
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

const listNodes = `select n.number, n.name, n.term,
  cast(unix_timestamp(now(3)) * 1000 as signed) - n.heartbeat as silent,
  exists (select 1 from message m where m.node = n.number) as messages
  from node n order by n.number`;

async function claim(
  session: Session,
  number: number,
  name: string,
  term: number,
): Promise<Registered> {
  const put: Step = {
    sql: `replace into node (number, name, term, heartbeat)
      values (?, ?, ?, cast(unix_timestamp(now(3)) * 1000 as signed))`,
    parameters: [number, name, term],
  };
  await session.execute(put);
  return { number, term };
}
