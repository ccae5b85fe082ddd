// Carries out units on one connection, one transaction and so one sync for all of them.

import type { Step, StepResult } from "../engine.ts";
import type { Session } from "./session.ts";

export type Unit = readonly Step[];

/** The connection was lost after COMMIT was sent: nobody knows whether the units were kept. */
export class Uncertain extends Error {
  override readonly name = "Uncertain";
}

const nothing: StepResult = { rows: [], changes: 0 };

/** Results for each unit's steps. Rejects with what the server says; then nothing was kept, unless it
 * is `Uncertain`. The transaction may still be open. */
export async function transact(
  session: Session,
  units: readonly Unit[],
): Promise<readonly (readonly StepResult[])[]> {
  const [only] = units;
  if (units.length === 1 && only !== undefined && only.length <= 1) {
    return [await alone(session, only)];
  }
  await session.command("START TRANSACTION");
  const results: (readonly StepResult[])[] = [];
  for (const unit of units) results.push(await carryOut(session, unit));
  await decisively(session, () => session.command("COMMIT"));
  return results;
}

/** Needs no transaction of its own: the server makes one. */
async function alone(session: Session, unit: Unit): Promise<readonly StepResult[]> {
  const [step] = unit;
  if (step === undefined) return [];
  const result = isQuery(step)
    ? await session.execute(step)
    : await decisively(session, () => session.execute(step));
  return [result];
}

/** What the unit stands or falls with. */
async function decisively<Value>(session: Session, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    if (session.isOver) throw new Uncertain("the connection was lost at the end", { cause: error });
    throw error;
  }
}

/** A step that a guard left out has an empty result. */
async function carryOut(session: Session, unit: Unit): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const step of unit) {
    const result = await session.execute(held(step));
    results.push(result);
    if (step.guard === true && isEmpty(step, result)) break;
  }
  while (results.length < unit.length) results.push(nothing);
  return results;
}

/** What a guard has found stays so until the unit ends: here others write at the same time. */
function held(step: Step): Step {
  return step.guard === true && isQuery(step) ? { ...step, sql: `${step.sql} for update` } : step;
}

export function isEmpty(step: Step, { rows, changes }: StepResult): boolean {
  return isQuery(step) ? rows.length === 0 : changes === 0;
}

export function isQuery({ sql }: Step): boolean {
  return sql.startsWith("select");
}
