// Named locks of the server, which go with the connection that holds them.

import { createHash } from "node:crypto";
import type { Step } from "../engine.ts";
import type { MysqlPlace } from "./place.ts";
import type { Session } from "./session.ts";

/** False where another connection holds it for so many seconds. */
export async function takeLock(session: Session, lock: string, seconds: number): Promise<boolean> {
  const take: Step<{ readonly taken: number | null }> = {
    sql: "select get_lock(?, ?) as taken",
    parameters: [lock, seconds],
  };
  const { rows } = await session.execute(take);
  return rows[0]?.taken === 1;
}

/** Locks are the server's, not a database's, and their names have at most 64 characters. */
export function lockName({ database }: MysqlPlace, what: string): string {
  const digest = createHash("sha256").update(`${database}\0${what}`).digest("hex");
  return `bailiwick ${digest.slice(0, 32)}`;
}
