// Changes the tables themselves. The server ends a transaction at each such statement, so a change
// that was cut short is gone through again: what is there already is passed over.

import type { Step, StepResult } from "../engine.ts";
import { StoreError } from "../error.ts";
import { type MysqlPlace, namePlace } from "./place.ts";
import { problemOf } from "./problem.ts";
import { lockName, takeLock } from "./locks.ts";
import { openSession, type Session } from "./session.ts";
import { isEmpty } from "./transaction.ts";

/** ER_TABLE_EXISTS_ERROR, ER_DUP_FIELDNAME, ER_DUP_KEYNAME, ER_CANT_DROP_FIELD_OR_KEY. */
const done: ReadonlySet<unknown> = new Set([1050, 1060, 1061, 1091]);

/** Seconds to wait for another host that is at it: a large table takes a while. */
const patience = 600;

const nothing: StepResult = { rows: [], changes: 0 };

/**
 * One host at a time; the others wait, and find what is done.
 * @throws {StoreError}
 */
export async function alterTables(
  place: MysqlPlace,
  units: readonly (readonly Step[])[],
): Promise<void> {
  let session: Session | undefined;
  try {
    session = await openSession(place, { isolation: "read committed", idle: patience + 60 });
    if (!(await takeLock(session, lockName(place, "tables"), patience))) {
      throw new StoreError({
        kind: "unavailable",
        message: `${namePlace(place)}: another host is still changing its tables; try again later`,
      });
    }
    for (const steps of units) await carryOut(session, steps);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(problemOf(error, place));
  } finally {
    // With the connection goes the lock.
    session?.end();
  }
}

async function carryOut(session: Session, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    const result = await unlessDone(session, step);
    if (step.guard === true && isEmpty(step, result)) return;
  }
}

async function unlessDone(session: Session, step: Step): Promise<StepResult> {
  try {
    return await session.execute(step);
  } catch (error) {
    if (error instanceof Error && "errno" in error && done.has(error.errno)) return nothing;
    throw error;
  }
}
